import { reportedDenial } from "../../explain/why/reported-denial.ts";
import { posix } from "node:path";
import { isDeniedByBoundary, isDeniedOutside } from "../../explain/why/case.ts";
import type { Finding } from "../../model/finding.ts";
import { formatOrigin } from "../../model/values/origin.ts";
import type { AccessAnswer, LiveAccess, ProposedLines, WhyAnswer } from "../../model/answers/why.ts";
import { decisionLines } from "../policy/decision.ts";
import { age, clockTime } from "../../wording/time.ts";
import { continued } from "../../text/layout/wrap.ts";
import { reflowed, type ScreenLine, toned } from "../../text/screen-line.ts";
import { labelledLines } from "../../text/layout/labelled-lines.ts";

/** The answer that decides, the other answers, then what to do. `prefix` is the path from here to the root of the manifests. */
export function caseLines(one: WhyAnswer, prefix: string, width: number): readonly ScreenLine[] {
  const { git, fix } = one;
  const before = [
    ...overruledLines(one),
    ...liveLines(one),
    ...answerLines(one, git, "as declared in Git"),
    ...(isOverruled(one) ? [] : reportedLines(one)),
  ];
  const prose = (lines: readonly ScreenLine[]): readonly ScreenLine[] =>
    reflowed(lines, (text) => continued(text, width));
  return [
    ...prose(before),
    ...(fix === null ? boundaryLines(one, width) : fixLines(fix, one, { prefix, prose, width })),
    ...notesOf(one.notes, width),
  ];
}

/** AWS denied it by a policy that is not in Git: then it is denied, although the declared permissions allow it. */
function isOverruled(one: WhyAnswer): boolean {
  return one.git.kind === "allowed" && isDeniedOutside(one);
}

function overruledLines(one: WhyAnswer): readonly ScreenLine[] {
  const { action, resource } = one;
  return isOverruled(one) ? [`denied  ${action} on ${resource}`, ...reportedLines(one), ""] : [];
}

function reportedLines({ reported }: WhyAnswer): readonly string[] {
  return reported === null ? [] : [`  AWS answered  ${reportedDenial(reported)}`];
}

function liveLines(one: WhyAnswer): readonly ScreenLine[] {
  const { live, askedAt } = one;
  if (live === null) return [];
  const { readAt } = live;
  if (readAt === null) return [...answerLines(one, live, "in AWS"), ""];
  const about = `in AWS, read at ${clockTime(readAt, Date.parse(askedAt))}`;
  const [head = "", target = "", ...rest] = answerLines(one, live, about);
  return [head, target, ...failingLines(live, Date.parse(askedAt)), ...rest, ""];
}

/** The answer may be out of date. */
function failingLines({ failing }: LiveAccess, askedAtMs: number): readonly string[] {
  if (failing === null) return [];
  return [`  newer reads fail for ${age(failing.since, askedAtMs)}: ${failing.reason}`];
}

function answerLines(one: WhyAnswer, answer: AccessAnswer, about: string): readonly ScreenLine[] {
  const [head = "", ...rest] = decisionLines(one, answer);
  return [head, `  ${one.target}, ${about}`, ...rest, ...nearestLines(one, answer)];
}

/** The nearest statement, if the answer is unknown because of a condition or of something that was not read. */
function nearestLines(one: WhyAnswer, answer: AccessAnswer): readonly ScreenLine[] {
  if (answer.kind !== "unknown" || answer.nearest === null) return [];
  const { nearest } = answer;
  const denied = { kind: "denied", cause: "implicit", layer: nearest.statement.layer, nearest } as const;
  return decisionLines(one, denied).slice(2);
}

/** The grant exists, and the boundary limits it: only the platform team can change that. */
function boundaryLines({ git, boundary, live }: WhyAnswer, width: number): readonly ScreenLine[] {
  const isLimit = isDeniedByBoundary(git) || (live !== null && isDeniedByBoundary(live));
  const hint = `the platform team has to change the boundary ${boundary ?? ""}`;
  return isLimit ? ["", ...labelledLines("hint", hint, { width })] : [];
}

interface FixContext {
  readonly prefix: string;
  readonly width: number;
  readonly prose: (lines: readonly ScreenLine[]) => readonly ScreenLine[];
}

/** Lines to add are never wrapped, so that they can be copied. */
function fixLines(fix: ProposedLines, one: WhyAnswer, context: FixContext): readonly ScreenLine[] {
  const { what, lines, notes, also } = fix;
  const { prose, width } = context;
  return [
    "",
    ...labelledLines("hint", `${what}: ${formatOrigin(fix)}`, { width }),
    ...lines.map((line) => `${indentOf(fix)}${line}`),
    ...prose([
      ...notesOf(also.length === 0 ? notes : [...notes, `it changes ${also.join(", ")} too`], width),
      ...riskLines(fix),
      ...stillLines(fix, one, width),
      ...guardLines(fix, context),
    ]),
  ];
}

/** The indentation of the lines in the manifest, so that they can be copied. */
function indentOf({ kind, path, column }: ProposedLines): string {
  if (kind === "change-grant") return " ".repeat(6);
  return path === "spec" ? "  " : " ".repeat(Math.max(2, column - 3));
}

/** In the words of a review. */
function riskLines({ access }: ProposedLines): readonly ScreenLine[] {
  return access.risks.length === 0 ? [] : toned("danger", [`! risk: ${access.risks.join(", ")}`]);
}

/** If something else has to allow it too, the lines alone are not enough. */
function stillLines({ answer }: ProposedLines, one: WhyAnswer, width: number): readonly ScreenLine[] {
  if (answer.kind === "allowed") return [];
  const [, ...why] = decisionLines(one, answer);
  if (!isDeniedByBoundary(answer))
    return [...notesOf([`with it the answer is ${answer.kind}:`], width), ...why];
  return [
    ...notesOf(["these lines are not enough: the boundary forbids it"], width),
    ...why,
    ...notesOf([`the platform team has to change the boundary ${one.boundary ?? ""}`], width),
  ];
}

function guardLines({ guard }: ProposedLines, { prefix, width }: FixContext): readonly ScreenLine[] {
  if (guard.findings.length === 0) return ["guardrails passed (without the rules that need live state)"];
  const before = new Set(guard.before.map(breachText));
  // Of several accounts the evidence differs, because its ARNs do, but what people read may not.
  const refusals = guard.findings.map((finding) => {
    const { rule, why, fix } = finding;
    const already = before.has(breachText(finding)) ? "already without these lines: " : "";
    return {
      refused: `✗ refused  ${rule}  ${placeOf(finding, prefix)}${already}${why}`,
      fix,
    };
  });
  const distinct = new Map(refusals.map((one) => [`${one.refused} ${one.fix}`, one]));
  return [...distinct.values()].flatMap(({ refused, fix }) => [
    ...toned("danger", [refused]),
    ...labelledLines("hint", fix, { width, indent: "  " }),
  ]);
}

function notesOf(notes: readonly string[], width: number): readonly ScreenLine[] {
  return notes.flatMap((note) => labelledLines("note", note, { width }));
}

function breachText({ rule, evidence }: Finding): string {
  return `${rule} ${evidence}`;
}

function placeOf({ origin }: Finding, prefix: string): string {
  if (origin === null) return "";
  return `${formatOrigin({ ...origin, file: posix.join(prefix, origin.file) })}  `;
}
