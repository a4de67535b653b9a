import type { AlertEvent, NextStep } from "../controller/ports/recorder.ts";
import type { Delta, PermissionRow } from "../model/delta.ts";
import { formatSpan } from "../model/duration.ts";
import { minuteOf, placeName, shownLines, targetName } from "./names.ts";

type Opened = Extract<AlertEvent, { readonly kind: "drift-opened" }>;
type Closed = Extract<AlertEvent, { readonly kind: "drift-closed" }>;

/** What became possible, what happens next and when, how to hold or keep it. */
export function openedLines(event: Opened): readonly string[] {
  const { key, account, functionName, severity, since, summary, lookUp, next } = event;
  const target = targetName(key, account);
  const mark = severity === "security" ? "🔴" : "🟠";
  return [
    `${mark} ${functionName} in ${placeName(key, account)} ${headline(event)}   ${minuteOf(since)}`,
    ...shownLines(summary).map((line) => `    ${line}`),
    ...(lookUp === null ? [] : [`By   not known yet.  ${lookUp}`]),
    `Next ${NEXT[next.kind](next as never, event)}`,
    ...holdAndKeep(event, target),
    `See  grantkeeper describe ${target}`,
  ];
}

function headline({ delta, severity }: Opened): string {
  if (delta.allowed.some(({ action }) => /^(any of )?\*(, |$)/.test(action))) return "can now do anything";
  if (delta.allowed.some(isPublic)) return "can now be called by anyone";
  if (delta.allowed.length > 0) return "can now do more than git says";
  if (delta.noLongerAllowed.length > 0) return "lacks what git gives it";
  return severity === "security" ? "is not as git says" : "differs from git";
}

function isPublic({ principal, risk }: PermissionRow): boolean {
  return principal === "AWS *" && risk === "exposure";
}

type NextWords = {
  readonly [K in NextStep["kind"]]: (next: Extract<NextStep, { readonly kind: K }>, event: Opened) => string;
};

const NEXT: NextWords = {
  "reverting-now": (_, { delta }) => `being put back now${risksOf(delta)}`,
  "reverting-at": ({ at }) => `put back at ${minuteOf(at)}`,
  "observe-only": () => "nothing: only observed here",
  suspended: ({ until }) => `nothing until ${until}: suspended`,
  "needs-approval": ({ subject }) =>
    `waits for a person: grantkeeper approve ${shortSubject(subject)} --reason …`,
  "left-alone": ({ reason }) => `left alone: ${reason}`,
};

/** ` (escalation, exposure: at once)`. */
function risksOf({ allowed }: Delta): string {
  const risks = new Set(allowed.map((row) => row.risk));
  const closed = (["escalation", "exposure"] as const).filter((risk) => risks.has(risk));
  return closed.length === 0 ? "" : ` (${closed.join(", ")}: at once)`;
}

/** A digest by its first twelve digits, a revision as it is. */
export function shortSubject(subject: string): string {
  return /^sha256:[0-9a-f]{64}$/.test(subject)
    ? subject.slice("sha256:".length, "sha256:".length + 12)
    : subject;
}

function holdAndKeep({ next, delta }: Opened, target: string): readonly string[] {
  if (next.kind !== "reverting-at" && next.kind !== "observe-only") return [];
  const hold = next.kind === "reverting-at" ? [`Hold grantkeeper suspend ${target} --for 1h --reason …`] : [];
  const kept = keptStatements(delta);
  if (kept.length === 0) return hold;
  return [
    ...hold,
    "Keep in the manifest, under statements:",
    ...shownLines(kept).map((line) => `    ${line}`),
  ];
}

/** Rows of the role's own policies as manifest lines; callers and boundaries are not kept by a statement. */
function keptStatements({ allowed }: Delta): readonly string[] {
  return allowed
    .filter(
      (row) =>
        row.effect === "Allow" &&
        row.principal === null &&
        row.from !== "boundary" &&
        row.action !== "unknown",
    )
    .filter(({ action, resource }) => !isList(action) && !isList(resource))
    .map(({ action, resource, condition }) => {
      const when = condition === "" ? {} : { Condition: JSON.parse(condition) as unknown };
      const statement = JSON.stringify({ Effect: "Allow", Action: action, Resource: resource, ...when });
      return `- {reason: "…", statement: ${statement}}`;
    });
}

/** A row's text for a whole list, or for everything but one. */
function isList(text: string): boolean {
  return /^(all but|any of) /.test(text);
}

const HOW = {
  reverted: "reverted by Grantkeeper, read back",
  applied: "as declared in Git now, read back",
  gone: "no longer there",
} as const satisfies Record<Closed["how"], string>;

/** `seqs`: its entries in the audit. */
export function closedLines(
  { key, account, how, since, lastCleanAt, at }: Closed,
  seqs: readonly number[],
): readonly string[] {
  return [
    `✅ ${targetName(key, account)} ${secondOf(at)} ${HOW[how]}${entryText(seqs)}`,
    `   ${openText({ since, lastCleanAt, at })}`,
  ];
}

function openText({ since, lastCleanAt, at }: Pick<Closed, "since" | "lastCleanAt" | "at">): string {
  if (lastCleanAt === null) return `first seen ${secondOf(since)}; no clean read before it is known`;
  const span = formatSpan(Math.max(0, Date.parse(at) - Date.parse(lastCleanAt)));
  return `open for at most ${span} (last clean read ${secondOf(lastCleanAt)}, closed ${secondOf(at)})`;
}

/** `10:32:41Z` of an ISO 8601 instant. */
function secondOf(instant: string): string {
  return `${instant.slice(11, 19)}Z`;
}

function entryText(seqs: readonly number[]): string {
  const [first, last] = [seqs[0], seqs.at(-1)];
  if (first === undefined || last === undefined) return "";
  return first === last ? `, entry ${first}` : `, entries ${first} to ${last}`;
}
