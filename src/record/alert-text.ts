import { lastAppliedOf, remainsText } from "../model/keys/last-applied.ts";
import { targetText } from "../model/keys/key.ts";
import { alertPartsOf, nextLine, seeLine, type AlertLine, type AlertParts } from "./alert-line.ts";
import { authorFoundLines, closedLines, openedLines } from "./drift-text.ts";
import { approveLine, alertSubject } from "./hold-text.ts";
import { shortArn } from "../plan/render/words.ts";
import { brokenRecordLines } from "./record-text.ts";
import { counted } from "../text/phrases.ts";
import { waitingLines } from "./waiting-text.ts";
import { dayAndMinuteOf, folderText, minuteOf, accountPlace, refusedText, shownLines } from "./names.ts";
import type { AlertEvent } from "../model/alert-event.ts";
import {
  unrecordedCallerText,
  unrecordedCallText,
  unrecordedCountText,
} from "../model/changes/unrecorded-text.ts";

type AlertOf<K extends AlertEvent["kind"]> = Extract<AlertEvent, { readonly kind: K }>;
type AlertTexts = {
  readonly [K in AlertEvent["kind"]]: (event: AlertOf<K>, seqs: readonly number[]) => readonly AlertLine[];
};

/**
 * The text of an alert.
 * @param seqs the audit entries about the event's key
 */
export function alertText(event: AlertEvent, seqs: readonly number[]): string {
  return alertParts(event, seqs).text;
}

/** @param seqs the audit entries about the event's key */
export function alertParts(event: AlertEvent, seqs: readonly number[]): AlertParts {
  const linesOf = ALERT_TEXTS[event.kind] as (
    event: AlertEvent,
    seqs: readonly number[],
  ) => readonly AlertLine[];
  const help = HELPLESS.has(event.kind) ? [] : [`Help: grantkeeper runbook ${event.kind}`];
  return alertPartsOf([...linesOf(event, seqs), ...help]);
}

/** The end of an incident needs no help, and a forge shows one line. */
const HELPLESS: ReadonlySet<AlertEvent["kind"]> = new Set([
  "drift-closed",
  "files-read",
  "pass-recovered",
  "account-read",
  "document-fixed",
  "account-removed",
  "hold-ended",
  "waiting-ended",
  "refusal-ended",
  "access-restored",
  "contention-ended",
  "revision-decided",
  "source-recovered",
  "backup-recovered",
  "record-verified",
  "unrecorded-writes-ended",
  "commit-status",
  "pull-request-note",
]);

/** The label of a contended field. */
const FIELDS: Readonly<Record<string, string>> = {
  trust: "its role's trust policy",
  boundary: "its role's boundary",
  inline: "its role's inline policy",
  "inline-extra": "an inline policy of its role",
  "attachment-missing": "the policies attached to its role",
  "attachment-extra": "the policies attached to its role",
  "statement-missing": "a declared statement of its policy",
  "statement-extra": "a statement of its policy",
  "former-statement": "a statement on its former function",
  "function-role": "the function's role",
  "policy-document": "the policy's document",
};

const ALERT_TEXTS: AlertTexts = {
  "drift-opened": openedLines,
  "drift-closed": closedLines,
  "drift-author-found": authorFoundLines,
  held: ({ account, subject, reason, keys }) => [
    `🟠 ${account}: awaiting approval ${alertSubject(subject)}: ${reason}`,
    ...shownLines(keys.map((key) => targetText({ key, account }))).map((line) => `    ${line}`),
    nextLine("nothing of it takes effect before it is approved"),
    seeLine(`grantkeeper describe approval ${alertSubject(subject)}`),
    approveLine(subject),
  ],
  "hold-ended": ({ account, subject, how }) => [
    `✅ ${account}: the pending approval ${alertSubject(subject)} ${ENDED_HOLDS[how]}`,
  ],
  "waiting-long": waitingLines,
  "waiting-ended": ({ account, namespace }) => [
    `✅ ${namespace} in ${account}: no change waits for long any more`,
  ],
  refused: ({ key, account, reason, applied }) => [
    `🟠 ${targetText({ key, account })}: refused: ${reason}`,
    nextLine(`nothing of it is applied, ${remainsText(lastAppliedOf(applied))}; fix the manifest`),
    seeLine(`grantkeeper describe ${targetText({ key, account })}`),
  ],
  "refusal-ended": ({ key, account }) => [`✅ ${targetText({ key, account })}: no longer refused`],
  "access-denied": ({ account, call, message, fix }) => [
    `🟠 ${account}: ${call} is denied`,
    `    ${message}`,
    nextLine(fix),
  ],
  "access-restored": ({ account, call }) => [`✅ ${account}: ${call} is no longer denied`],
  "files-refused": ({ namespace, files }) => [
    `🟠 ${folderText(namespace)}: ${files.length === 1 ? "a file is" : "files are"} not read; what was applied remains in effect`,
    ...shownLines(files.map(refusedText)),
    seeLine("grantkeeper status"),
  ],
  "files-read": ({ namespace }) => [`✅ ${folderText(namespace)}: no file is refused any more`],
  "account-removed": ({ account, target }) => [
    `✅ ${target}: account ${account} is no longer declared in Git: it is not watched any more, and nothing in it was changed`,
  ],
  "document-broken": ({ document, place, error, bindings }) => [
    `🟠 ${document}: its manifest has an error: ${counted(bindings.length, "binding")} not compiled`,
    `    ${error?.text ?? `at ${place}`}`,
    ...shownLines(bindings.map((binding) => `    ${targetText(binding)}`)),
    nextLine(
      "what was applied remains in effect and is compared; nothing else of these bindings is compared or applied",
    ),
    `Fix:  ${error?.fix ?? `correct ${place}`}`,
    seeLine("grantkeeper status"),
  ],
  "document-fixed": ({ document }) => [
    `✅ ${document}: its manifest has no error any more, or no binding needs it`,
  ],
  "pass-failed": ({ account, reason }) => [
    `🔴 ${account}: not watched: a pass over the account failed by an error of Grantkeeper`,
    `    ${reason}`,
    nextLine("it is tried again by itself; changes in AWS are neither seen nor reverted until it works"),
    seeLine('grantkeeper status, and the lines "step failed" of the log'),
  ],
  "pass-recovered": ({ account }) => [`✅ ${account}: watched again`],
  "account-unreadable": (event) => [
    "account" in event
      ? `🔴 ${event.account}: not read since ${dayAndMinuteOf(event.since)}: changes in AWS are not seen`
      : `🔴 ${counted(event.accounts.length, "account")} not read, the first since ${dayAndMinuteOf(event.since)}, for one reason: ${event.accounts.join(", ")}`,
    `    ${event.reason}`,
    nextLine(event.fix),
    seeLine("grantkeeper get accounts"),
  ],
  "account-read": () => ["✅ accounts that were not read: each is read again, or no longer declared"],
  contended: ({ key, account, fields }) => [
    `🔴 ${targetText({ key, account })}: someone keeps changing ${fields.map(contendedText).join(" and ")}`,
    nextLine("Grantkeeper no longer reverts it; find out who changes it"),
    seeLine(`grantkeeper describe ${targetText({ key, account })}`),
  ],
  "contention-ended": ({ key, account }) => [
    `✅ ${targetText({ key, account })}: it matches Git, or Grantkeeper reverts changes again`,
  ],
  "adoption-undone": ({ key, account, role, actor, until }) => [
    `🔵 ${targetText({ key, account })}: its adoption was undone by ${actor}`,
    `    it has ${role} again${until === null ? "" : `; Git is not applied to it until ${dayAndMinuteOf(until)}`}`,
    nextLine("to keep it so, set mode: observe in its manifest"),
    seeLine(`grantkeeper describe ${targetText({ key, account })}`),
  ],
  "adoption-undo-stopped": ({ key, account, role, reason }) => [
    `🟠 ${targetText({ key, account })}: the way back to ${role} stopped`,
    `    ${reason}`,
    nextLine(`grantkeeper adopt ${targetText({ key, account })} --undo shows the present plan`),
    seeLine(`grantkeeper describe ${targetText({ key, account })}`),
  ],
  "wave-stopped": ({ account, namespace, number, reasons }) => [
    `🟠 ${namespace} in ${account}: wave ${number} of the switch to declared roles stopped`,
    ...shownLines(reasons.map((reason) => `    ${reason}`)),
    nextLine("Grantkeeper switches no other function of it until an operator approves the rest"),
    seeLine(`grantkeeper get waves -n ${namespace}`),
  ],
  "role-recreated": ({ key, account, role }) => [
    `🔴 the role of ${targetText({ key, account })} in ${accountPlace(key, account)} was deleted and created again`,
    `    ${role}: references to the old role (KMS grants, policies of others) no longer work`,
    seeLine(`grantkeeper describe ${targetText({ key, account })}`),
  ],
  "first-comparison": ({ account, compared, differ, findings }) => [
    `${findings.length > 0 ? "🔴" : "🔵"} ${account}: ${counted(compared, "binding")} compared for the first time, ${differ} ${differ === 1 ? "differs" : "differ"}${riskCounts(findings)}`,
    ...shownLines(findings.map(({ key, text }) => `    ${targetText({ key, account })}: ${text}`)),
    seeLine("grantkeeper status"),
  ],
  "rollback-ending": ({ source, revision, next, isHeld, until, actor, reason }) => [
    `🟠 the rollback of source ${source} to ${revision} ends at ${minuteOf(until)}`,
    `    ordered by ${actor}${reason === null ? "" : `: "${reason}"`}`,
    nextLine(
      next === null
        ? "the revision from before it is applied, unless another one is pushed"
        : isHeld === true
          ? `${next} awaits an approval: without it, ${revision} stays in force`
          : `Grantkeeper applies ${next} then, unless it is held or refused`,
    ),
    seeLine("grantkeeper get sources"),
  ],
  "suspension-ending": ({ target, until, willChange }) => [
    `🟠 the suspension of ${target} ends at ${minuteOf(until)}`,
    ...shownLines(
      willChange.map(
        ({ key, account, writes }) =>
          `    ${targetText({ key, account })}: ${writes === null ? "not compared since Git changed" : counted(writes, "write")}`,
      ),
    ),
    ...(willChange.length === 0
      ? [
          nextLine(
            "nothing is written then: everything matches Git, is awaiting approval, refused or only observed",
          ),
        ]
      : [
          nextLine("Grantkeeper writes this then"),
          `Stop: grantkeeper suspend ${target === "everything" ? "--all" : target} --for 1h --reason TEXT`,
        ]),
  ],
  "daily-reminder": ({ suspensions, orphans }) => [
    `🔵 ${counted(suspensions.length, "suspension")} in effect, ${counted(orphans.length, "orphan")}`,
    ...shownLines([
      ...suspensions.map(
        ({ id, target, until, actor }) =>
          `    ${target} until ${dayAndMinuteOf(until)} by ${actor}: grantkeeper resume ${id} --reason TEXT`,
      ),
      ...orphans.map(({ arn, account }) => `    ${shortArn(arn)} in ${account}`),
    ]),
    seeLine("grantkeeper status"),
  ],
  "functions-uncovered": ({ account, count, names }) => [
    `🔵 ${account}: ${counted(count, "more function")} in AWS without a manifest`,
    ...shownLines(names.map((name) => `    ${name}`)),
    seeLine("grantkeeper get functions --uncovered"),
  ],
  "revision-held": ({ source, revision, reason, fix }) => [
    `🔴 ${source}: ${revision} is awaiting approval: ${reason}`,
    ...(fix === null ? [] : [`Fix:  ${fix}`]),
    nextLine("the accepted revision remains in effect until it is approved"),
    seeLine(`grantkeeper describe approval ${revision}`),
    approveLine(revision),
  ],
  "revision-decided": ({ source, revision, how }) => [`✅ ${source}: ${revision} ${DECIDED_REVISIONS[how]}`],
  "commit-status": ({ text }) => [text],
  "pull-request-note": ({ commit }) => [`note for the merged pull requests of ${commit.slice(0, 7)}`],
  "source-failed": ({ source, reason, fix }) => [`🟠 ${source}: ${reason}`, nextLine(fix)],
  "source-recovered": ({ source }) => [
    `✅ ${source}: it is read again, and its newest revision is processed`,
  ],
  "backup-failed": ({ problem, details, fix }) => [
    `🟠 backups of the record: ${problem}`,
    ...details.map((detail) => `    ${detail}`),
    nextLine(
      "the controller continues; if the disk of the record is lost, everything after the last backup is lost",
    ),
    `Fix:  ${fix}`,
    seeLine("grantkeeper doctor"),
  ],
  "backup-recovered": ({ lastBackup, isNew }) => [
    isNew
      ? "✅ backups of the record: a complete and verified backup was made"
      : `✅ backups of the record: the last backup is known again, of ${lastBackup}`,
  ],
  "record-broken": brokenRecordLines,
  "record-verified": () => ["✅ the record: it verifies again"],
  "unrecorded-writes": ({ account, count, writes }) => [
    `🔴 ${account}: ${unrecordedCountText(count)}: another caller has credentials of Grantkeeper`,
    ...writes.flatMap((write) => [
      `    ${unrecordedCallText(write)}`,
      `    by ${unrecordedCallerText(write)}`,
    ]),
    ...(count > writes.length ? [`    and ${count - writes.length} more`] : []),
    nextLine("Grantkeeper compares what was written, and continues; it does not stop the caller"),
    "Stop: deny the sessions of the role, as the runbook shows, and find out who can assume it",
    seeLine("grantkeeper history"),
  ],
  "unrecorded-writes-ended": ({ account }) => [
    `✅ ${account}: for 7 days, every write by a role of Grantkeeper was in its record`,
  ],
};

function contendedText({ field, times }: AlertOf<"contended">["fields"][number]): string {
  return `${FIELDS[field] ?? field} (reverted ${counted(times, "time")})`;
}

const ENDED_HOLDS = {
  approved: "is approved",
  rejected: "is rejected; nothing of it takes effect",
  changed: "has ended: what it covered changed, or needs no approval any more",
} as const satisfies Record<AlertOf<"hold-ended">["how"], string>;

const DECIDED_REVISIONS = {
  accepted: "is accepted",
  rejected: "is rejected; the accepted revision remains in effect",
  superseded: "is superseded: it is no longer the newest revision of the source",
} as const satisfies Record<AlertOf<"revision-decided">["how"], string>;

/** `, 2 exposed, 1 escalated`: the numbers of bindings that the receiver can see. */
function riskCounts(findings: AlertOf<"first-comparison">["findings"]): string {
  const count = (risk: "exposure" | "escalation"): number =>
    new Set(findings.filter(({ risks }) => risks.includes(risk)).map(({ key }) => key)).size;
  const counts = [
    [count("exposure"), "exposed"],
    [count("escalation"), "escalated"],
  ] as const;
  return counts.map(([number, what]) => (number === 0 ? "" : `, ${number} ${what}`)).join("");
}
