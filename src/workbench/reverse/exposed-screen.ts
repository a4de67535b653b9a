import type {
  ExposedFunctions,
  ExposedFunction,
  ExposingStatement,
  Outsider,
} from "../../model/answers/questions/who-can.ts";
import { toned, type ScreenLine, type Tone } from "../../text/screen-line.ts";
import type { Layout } from "../../cli/screen/layout.ts";
import { EXPOSED_LEAVES_OUT, OUTSIDER_TEXTS } from "../../wording/questions.ts";
import { age } from "../../wording/time.ts";
import { continued } from "../../text/layout/wrap.ts";
import { functionsText, unknownLines } from "./unknown-lines.ts";

/** Each exposed function with the statements that let outsiders in, then what is not known. */
export function exposedLines(answer: ExposedFunctions, layout: Layout): readonly ScreenLine[] {
  const { functions, closed, unknown, unread, askedAt } = answer;
  const prose = (text: string): readonly string[] => continued(text, layout.width);
  return [
    ...prose(headOf(answer)),
    "",
    ...functions.flatMap((one) => [...functionLines(one, Date.parse(askedAt), prose), ""]),
    ...unknownLines(unknown, layout),
    ...(closed === 0 ? [] : prose(`not exposed: ${functionsText(closed)}${readText(answer)}`)),
    ...toned(
      "warning",
      unread.flatMap((place) => prose(`not read: ${place}`)),
    ),
    ...toned("aside", prose(`NOT CHECKED ${EXPOSED_LEAVES_OUT}`)),
  ];
}

/** Policies are read in turns, so that an old one may be among many new ones. */
function readText({ oldestReadAt, askedAt }: ExposedFunctions): string {
  return oldestReadAt === null
    ? ""
    : `; the oldest read of all policies was ${age(oldestReadAt, Date.parse(askedAt))} ago`;
}

function headOf({ functions, unknown, unread }: ExposedFunctions): string {
  if (functions.length > 0) return `Outsiders may call ${functionsText(functions.length)}`;
  return unknown.length + unread.length === 0
    ? "No exposed functions found"
    : "No exposed functions found in what was read";
}

type Prose = (text: string) => readonly string[];

function functionLines(
  { target, readAt, statements }: ExposedFunction,
  nowMs: number,
  prose: Prose,
): readonly ScreenLine[] {
  return [
    ...prose(`${target}, read ${age(readAt, nowMs)} ago`),
    ...statements.flatMap((statement) =>
      toned(
        TONES[statement.outsider],
        prose(`  ${OUTSIDER_TEXTS[statement.outsider]}: ${statementText(statement)}`),
      ),
    ),
  ];
}

const TONES = {
  public: "danger",
  takeover: "danger",
  "no-source": "warning",
  "foreign-account": null,
} as const satisfies Record<Outsider, Tone | null>;

function statementText({ what, on, details, sid, declaredAt }: ExposingStatement): string {
  const place =
    declaredAt === null
      ? [sid === null ? "statement without Sid" : `statement "${sid}"`, "not declared"]
      : [`${declaredAt.file}:${declaredAt.line}`];
  return [`${what} ${on}`.trim(), ...details, ...place].join(", ");
}
