import { cutText } from "../../text/cut.ts";
import type { AlertDigest } from "../digest.ts";
import type { AlertMessage } from "../message.ts";

/** Slack's limits: 50 blocks, 3,000 characters in a section, about 13,000 in one message. */
const LONGEST_SECTION = 2_900;
const LONGEST_MESSAGE = 11_600;
/** An escaped text is at most five times as long. */
const LONGEST_LINE = LONGEST_SECTION / 5;
const LONGEST_NOTICE = 300;

interface SectionBlock {
  readonly type: "section";
  readonly text: { readonly type: "mrkdwn"; readonly text: string };
}

/** The part of a Slack message that depends on the alert. */
export interface SlackText {
  /** For notifications, and for clients that show no blocks. */
  readonly text: string;
  readonly blocks: readonly SectionBlock[];
}

/** The headline, then the details as they are, in a block of code. */
export function slackText(text: string): SlackText {
  const [headline = "", ...details] = text.toWellFormed().split("\n");
  const shown = escaped(cutText(headline, LONGEST_LINE + 1));
  return {
    text: escaped(cutText(headline, LONGEST_NOTICE + 1)),
    blocks: [section(shown), ...codeSections(details)],
  };
}

/** An ended incident: how it ended, above what it was. */
export function endedText(ended: string, headline: string): SlackText {
  return slackText([...ended.split("\n"), "", `It was: ${headline}`].join("\n"));
}

export function headlineOf({ text }: AlertMessage | AlertDigest): string {
  return text.split("\n", 1)[0] ?? "";
}

function codeSections(lines: readonly string[]): readonly SectionBlock[] {
  const chunks: string[] = [];
  let length = 0;
  for (const line of lines.map(codeLine)) {
    length += line.length + 1;
    if (length > LONGEST_MESSAGE)
      return [...chunks.map(code), section("… shortened: grantkeeper describe shows all")];
    const last = chunks.at(-1);
    if (last === undefined || last.length + line.length + 1 > LONGEST_SECTION) chunks.push(line);
    else chunks[chunks.length - 1] = `${last}\n${line}`;
  }
  return chunks.map(code);
}

function code(text: string): SectionBlock {
  return section(`\`\`\`${text}\`\`\``);
}

function section(text: string): SectionBlock {
  return { type: "section", text: { type: "mrkdwn", text } };
}

/** A backtick in a name would end the block of code. */
function codeLine(line: string): string {
  return escaped(cutText(line, LONGEST_LINE + 1)).replaceAll("`", "ˋ");
}

/** Characters with a meaning for Slack: a name may not mention people or be a link. */
function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** Never between the two halves of a character. */
