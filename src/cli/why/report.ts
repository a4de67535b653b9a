import { posix } from "node:path";
import type { Finding } from "../../model/finding.ts";
import { formatOrigin } from "../../model/origin.ts";
import { decisionLines } from "../render/policy.ts";
import { clockTime } from "../render/time.ts";
import { targetText } from "../target.ts";
import type { Answer } from "./answer.ts";
import { isDeniedOutside, verdictOf, type Case } from "./case.ts";
import type { Mend } from "./mend.ts";

/** The answer that counts, the others, then what to do. `prefix` leads from here to the root of the manifests. */
export function caseLines(one: Case, prefix: string): readonly string[] {
  const { git, live, mend } = one;
  return [
    ...overruledLines(one),
    ...liveLines(one),
    ...answerLines(one, git, "as git says"),
    ...(isOverruled(one) ? [] : reportedLines(one)),
    ...(mend === null ? boundaryLines(one, live) : mendLines(mend, one, prefix)),
    ...one.notes.map((note) => `note:  ${note}`),
  ];
}

/** What AWS denied by a policy that git does not hold is denied whatever git says. */
function isOverruled(one: Case): boolean {
  return one.git.kind === "allowed" && isDeniedOutside(one);
}

function overruledLines(one: Case): readonly string[] {
  const { action, resource } = one.request;
  return isOverruled(one) ? [`denied  ${action} on ${resource}`, ...reportedLines(one), ""] : [];
}

function reportedLines({ reported }: Case): readonly string[] {
  return reported === null ? [] : [`  AWS said  ${reportedText(reported)}`];
}

function liveLines(one: Case): readonly string[] {
  const { live, askedAtMs } = one;
  if (live === null) return [];
  if (typeof live === "string") {
    const unknown = { kind: "unknown", reason: live, nearest: null, grantHelps: false } as const;
    return [...answerLines(one, unknown, "as it stands in AWS"), ""];
  }
  const at = clockTime(new Date(live.readAtMs).toISOString(), askedAtMs);
  return [...answerLines(one, live.answer, `as it stood in AWS at ${at}`), ""];
}

function answerLines({ request, binding }: Case, answer: Answer, about: string): readonly string[] {
  const [head = "", ...rest] = decisionLines(request, answer);
  return [head, `  ${targetText(binding)}, ${about}`, ...rest, ...nearestLines(request, answer)];
}

/** Under which conditions, or what comes nearest beside what was not read. */
function nearestLines(request: Case["request"], answer: Answer): readonly string[] {
  if (answer.kind !== "unknown" || answer.nearest === null) return [];
  const { nearest } = answer;
  const denied = { kind: "denied", cause: "implicit", layer: nearest.statement.layer, nearest } as const;
  return decisionLines(request, denied).slice(2);
}

function reportedText({ how, deniedBy, policy }: NonNullable<Case["reported"]>): string {
  if (deniedBy === "unknown") return "denied, not by which policy";
  if (how === "explicit") return `an explicit deny in the ${deniedBy}${policy === null ? "" : ` ${policy}`}`;
  return how === "implicit" ? `no ${deniedBy} allows it` : `denied by the ${deniedBy}`;
}

/** The grant is there: who can change the boundary is somebody else. */
function boundaryLines({ git, binding }: Case, live: Case["live"]): readonly string[] {
  const isLimit =
    isDeniedByBoundary(git) || (live !== null && typeof live !== "string" && isDeniedByBoundary(live.answer));
  return isLimit
    ? ["", `hint:  the platform team has to change the boundary ${binding.role.boundary?.arn ?? ""}`]
    : [];
}

function isDeniedByBoundary(answer: Answer): boolean {
  if (answer.kind !== "denied") return false;
  return answer.cause === "explicit" ? answer.by.layer === "boundary" : answer.layer === "boundary";
}

function mendLines(mend: Mend, one: Case, prefix: string): readonly string[] {
  const { origin, what, lines, notes, also } = mend;
  return [
    "",
    `hint:  ${what}: ${formatOrigin(origin)}`,
    ...lines.map((line) => `${indentOf(mend)}${line}`),
    ...notes.map((note) => `note:  ${note}`),
    ...(also.length === 0 ? [] : [`note:  it changes ${also.join(", ")} too`]),
    ...stillLines(mend, one),
    ...guardLines(mend, prefix),
  ];
}

/** So that the lines can be copied as they stand. */
function indentOf({ kind, origin }: Mend): string {
  if (kind === "change-grant") return " ".repeat(6);
  return origin.path === "spec" ? "  " : " ".repeat(Math.max(2, origin.column - 3));
}

/** The lines alone do not do it, where something else has to allow it too. */
function stillLines({ answer }: Mend, one: Case): readonly string[] {
  if (answer.kind === "allowed") return [];
  const [, ...why] = decisionLines(one.request, answer);
  if (!isDeniedByBoundary(answer)) return [`note:  with it the answer is ${answer.kind}:`, ...why];
  const { boundary } = one.binding.role;
  return [
    "note:  these lines are not enough: the boundary forbids it",
    ...why,
    `note:  the platform team has to change the boundary ${boundary?.arn ?? ""}`,
  ];
}

function guardLines({ refused, refusedBefore }: Mend, prefix: string): readonly string[] {
  if (refused.length === 0) return ["guard passes, by the rules that need no live state"];
  return refused.flatMap((finding) => {
    const { rule, why, mend } = finding;
    const already = refusedBefore.includes(finding) ? "already without these lines: " : "";
    return [`✗ refused  ${rule}  ${placeOf(finding, prefix)}${already}${why}`, `  hint:  ${mend}`];
  });
}

function placeOf({ origin }: Finding, prefix: string): string {
  if (origin === null) return "";
  return `${formatOrigin({ ...origin, file: posix.join(prefix, origin.file) })}  `;
}

export function caseValue(one: Case) {
  const { binding, request, reported, git, live, mend, notes } = one;
  return {
    answer: verdictOf(one),
    target: targetText(binding),
    key: binding.key,
    function: binding.functionName,
    role: binding.role.arn,
    action: request.action,
    resource: request.resource,
    context: Object.fromEntries([...request.context].sort(([a], [b]) => (a < b ? -1 : 1))),
    reported,
    git,
    live: liveValue(live),
    mend: mend === null ? null : mendValue(mend),
    notes,
  };
}

function liveValue(live: Case["live"]) {
  if (live === null) return null;
  if (typeof live === "string") return { kind: "unknown" as const, reason: live, nearest: null };
  return { ...live.answer, role: live.roleArn, readAt: new Date(live.readAtMs).toISOString() };
}

function mendValue({ origin, refused, refusedBefore, answer, ...mend }: Mend) {
  const { file, line, column, path } = origin;
  const verdict = refused.length === 0 ? ("passes" as const) : ("refused" as const);
  return {
    ...mend,
    file,
    line,
    column,
    path,
    answer,
    guard: { verdict, findings: refused, before: refusedBefore },
  };
}
