import { reportedDenial } from "../../explain/why/reported-denial.ts";
import { posix } from "node:path";
import type { Layout } from "../../cli/screen/layout.ts";
import { continued } from "../../text/layout/wrap.ts";
import { clockTime } from "../../wording/time.ts";
import { risksText } from "../../explain/denials/request-risks.ts";
import { formatOrigin } from "../../model/values/origin.ts";
import { counted, someOf, timeText } from "../../text/phrases.ts";
import { reflowed, toned, type ScreenLine } from "../../text/screen-line.ts";
import {
  requestText,
  type DenialsReport,
  type ReportedFunction,
  type ReportedLines,
  type ReportedRequest,
} from "./report.ts";
import { labelledLines } from "../../text/layout/labelled-lines.ts";

interface ScreenContext {
  /** From the working directory to the manifests. */
  readonly prefix: string;
  readonly nowMs: number;
}

interface Screen extends ScreenContext {
  readonly width: number;
}

/** The answer, then each function with its denied requests and the lines that allow them, then what was not seen. */
export function denialsLines(
  report: DenialsReport,
  context: ScreenContext,
  { width }: Layout,
): readonly ScreenLine[] {
  const prose = (lines: readonly ScreenLine[]): readonly ScreenLine[] =>
    reflowed(lines, (text) => continued(text, width));
  return [
    ...prose(summaryLines(report, width)),
    ...report.functions.flatMap((one) => functionLines(one, { ...context, width }, prose)),
    ...prose([...trailLines(report), ...notSeenLines(report, width), ...branchLines(report)]),
  ];
}

type Prose = (lines: readonly ScreenLine[]) => readonly ScreenLine[];

function summaryLines({ functions }: DenialsReport, width: number): readonly ScreenLine[] {
  if (functions.length === 0)
    return [
      "No denied calls of functions found",
      ...labelledLines(
        "note",
        "this does not show that there were none: a trail, or the queue of change events, must have their events",
        { width },
      ),
    ];
  const requests = functions.flatMap((one) => one.requests);
  const others = functions.reduce((sum, one) => sum + one.otherCalls, 0);
  const calls = requests.reduce((sum, one) => sum + one.calls, others);
  const suggested = requests.filter(({ verdict }) => verdict === "suggested").length;
  return [
    `${counted(functions.length, "function")}: ${counted(requests.length, "denied request")} (${counted(calls, "call")}), lines are suggested for ${suggested}`,
    ...labelledLines(
      "note",
      "a denied call may be an attack, or code that is not used: allow only what the function needs",
      { width },
    ),
  ];
}

function functionLines(
  { target, requests, otherCalls }: ReportedFunction,
  context: Screen,
  prose: Prose,
): readonly ScreenLine[] {
  return [
    "",
    target,
    ...requests.flatMap((one) => requestLines(one, context, prose)),
    ...orderLines(requests, context),
    ...(otherCalls > 0 ? prose([`  and ${counted(otherCalls, "denied call")} of other kinds`]) : []),
  ];
}

/** A later place is of the manifest with the lines before it. */
function orderLines(requests: readonly ReportedRequest[], { width }: Screen): readonly ScreenLine[] {
  const merged = requests.filter(({ isMerged, lines }) => isMerged && lines !== null);
  return merged.length < 2
    ? []
    : labelledLines("note", "add the suggested lines in this order: each place counts with the lines above", {
        width,
        indent: "  ",
      });
}

const SIGNS = {
  suggested: { sign: "+", tone: "added" },
  risky: { sign: "!", tone: "danger" },
  refused: { sign: "✗", tone: "danger" },
  boundary: { sign: "!", tone: "warning" },
  outside: { sign: "!", tone: "warning" },
  allowed: { sign: "=", tone: "aside" },
  "by-hand": { sign: "!", tone: "warning" },
  unknown: { sign: "?", tone: "warning" },
} as const satisfies Record<ReportedRequest["verdict"], unknown>;

function requestLines(request: ReportedRequest, context: Screen, prose: Prose): readonly ScreenLine[] {
  const { verdict, because, lines, risks, calls, firstAt, lastAt } = request;
  const { sign, tone } = SIGNS[verdict];
  const at = (time: string): string => clockTime(time, context.nowMs);
  const when = calls === 1 ? `once, at ${at(lastAt)}` : `${calls} calls, ${at(firstAt)} to ${at(lastAt)}`;
  return [
    ...prose([
      `  ${sign} ${requestText(request)}: ${when}`,
      `      AWS answered  ${reportedDenial(request)}`,
      ...toned(tone, [`      ${verdict}: ${because}`]),
      ...(verdict === "risky" || risks.length === 0
        ? []
        : toned("danger", [`      risk: ${risksText(risks)}`])),
    ]),
    ...(lines === null ? [] : proposedLines(lines, context, prose)),
  ];
}

/** Lines to add are never wrapped, so that they can be copied. */
function proposedLines(
  proposed: ReportedLines,
  { prefix, width }: Screen,
  prose: Prose,
): readonly ScreenLine[] {
  const { what, lines, access, refusedBy, also, notes } = proposed;
  const place = formatOrigin({ ...proposed, file: posix.join(prefix, proposed.file) });
  const margins = { width, indent: " ".repeat(6) };
  const risk = access.risks.length === 0 ? "" : `, risk: ${access.risks.join(", ")}`;
  return [
    ...labelledLines("hint", `${what}: ${place}`, margins),
    ...lines.map((line) => `          ${line}`),
    ...prose([
      `      ${counted(access.permissions, "newly allowed action")}${risk}`,
      ...refusedBy.flatMap(({ rule, lift, fix }) => [
        ...toned("danger", [`      ✗ ${rule} refuses them; ${lift}`]),
        ...labelledLines("hint", fix, margins),
      ]),
    ]),
    ...(also.length === 0 ? notes : [`they change ${someOf(also)} too`, ...notes]).flatMap((note) =>
      labelledLines("note", note, margins),
    ),
  ];
}

const MOST_FILES = 10;

function trailLines({ trail }: DenialsReport): readonly string[] {
  if (trail === null) return [];
  const { files, events, from, to, calls, unread } = trail;
  const span = from === null || to === null ? "" : `, from ${timeText(from)} to ${timeText(to)}`;
  const others = [
    [calls.otherSessions, "by callers that assumed the role of a function"],
    [calls.otherRoles, "by functions on roles that their manifests do not declare"],
    [calls.notManaged, "by roles that no manifest declares"],
  ] as const;
  const more = unread.length - MOST_FILES;
  return [
    "",
    `CloudTrail: ${counted(files, "file")}, ${counted(events, "event")}${span}`,
    ...others.flatMap(([count, whose]) =>
      count === 0 ? [] : [`  ${counted(count, "denied call")} ${whose}: nothing is suggested for them`],
    ),
    ...unread.slice(0, MOST_FILES).map(({ file, reason }) => `  not read: ${file}: ${reason}`),
    ...(more > 0 ? [`  not read: ${counted(more, "other file")} (-o json)`] : []),
  ];
}

function notSeenLines({ notSeen }: DenialsReport, width: number): readonly ScreenLine[] {
  return notSeen.flatMap((text) => labelledLines("note", text, { width }));
}

function branchLines({ branch, functions }: DenialsReport): readonly string[] {
  if (branch !== null) {
    const commits = branch.commits.map(
      ({ id, namespace, files }) => `  ${id.slice(0, 12)} ${namespace}: ${counted(files.length, "file")}`,
    );
    return ["", `Created branch ${branch.name}:`, ...commits, `Next: git diff HEAD...${branch.name}`];
  }
  const isSuggested = functions.some(({ requests }) => requests.some(({ isMerged }) => isMerged));
  return isSuggested ? ["", "Next: --branch NAME commits the suggested lines to a new branch"] : [];
}
