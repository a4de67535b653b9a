import { cutText } from "../../text/cut.ts";
import type { TextParts } from "../alert-line.ts";

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

type AlertLines = Pick<TextParts, "headline" | "details">;

/** The headline, then the details as they are, in a block of code. */
export function slackText({ headline, details }: AlertLines): SlackText {
  const first = headline.toWellFormed();
  return {
    text: escaped(cutText(first, LONGEST_NOTICE + 1)),
    blocks: [section(escaped(cutText(first, LONGEST_LINE + 1))), ...codeSections(details)],
  };
}

/** An ended incident: how it ended, above what it was. */
export function endedText(ended: AlertLines, headline: string): SlackText {
  return slackText({ ...ended, details: [...ended.details, "", `It was: ${headline}`] });
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
  return escaped(cutText(line.toWellFormed(), LONGEST_LINE + 1)).replaceAll("`", "ˋ");
}

/** Characters with a meaning for Slack: a name may not mention people or be a link. */
function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** Never between the two halves of a character. */
