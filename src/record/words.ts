import type { AlertEvent } from "../controller/ports/recorder.ts";
import { closedLines, openedLines, shortSubject } from "./drift-words.ts";
import { minuteOf, placeName, plainLine, shownLines, targetName } from "./names.ts";

type Of<K extends AlertEvent["kind"]> = Extract<AlertEvent, { readonly kind: K }>;
type Words = {
  readonly [K in AlertEvent["kind"]]: (event: Of<K>, seqs: readonly number[]) => readonly string[];
};

/** The message as people read it; `seqs` are the audit entries about the event's key. */
export function alertText(event: AlertEvent, seqs: readonly number[]): string {
  const words = WORDS[event.kind] as (event: AlertEvent, seqs: readonly number[]) => readonly string[];
  return words(event, seqs).map(plainLine).join("\n");
}

const WORDS: Words = {
  "drift-opened": openedLines,
  "drift-closed": closedLines,
  held: ({ account, subject, reason, keys }) => [
    `🟠 ${account}: held, ${reason}`,
    ...shownLines(keys.map((key) => targetName(key, account))).map((line) => `    ${line}`),
    `Next grantkeeper approve ${shortSubject(subject)} --reason …`,
  ],
  refused: ({ key, account, reason }) => [
    `🟠 ${targetName(key, account)}: refused, ${reason}`,
    "Next nothing of it is applied, its last applied state stays; mend the manifest",
    `See  grantkeeper describe ${targetName(key, account)}`,
  ],
  "access-denied": ({ account, call, message, mend }) => [
    `🟠 ${account}: ${call} is denied`,
    `    ${message}`,
    `Next ${mend}`,
  ],
  contended: ({ key, account, field, times }) => [
    `🔴 ${targetName(key, account)}: somebody keeps setting ${field}, put back ${times} times`,
    "Next it is left as it is until a person decides",
    `See  grantkeeper describe ${targetName(key, account)}`,
  ],
  "role-recreated": ({ key, account, role }) => [
    `🔴 the role of ${targetName(key, account)} in ${placeName(key, account)} was deleted and made again`,
    `    ${role}: what named the old one (KMS grants, policies of others) no longer works`,
    `See  grantkeeper describe ${targetName(key, account)}`,
  ],
  "first-comparison": ({ account, compared, differ, worthALook }) => [
    `${worthALook.length > 0 ? "🔴" : "🔵"} ${account}: ${compared} compared for the first time, ${differ} differ`,
    ...shownLines(worthALook).map((line) => `    ${line}`),
    "See  grantkeeper status",
  ],
  "suspension-ending": ({ scope, until, willChange }) => [
    `🟠 the suspension of ${scope} ends at ${minuteOf(until)}`,
    ...shownLines(willChange).map((line) => `    ${line}`),
    willChange.length === 0
      ? "Next: nothing is written then: all of it is as declared, held, refused or only observed"
      : "Next: Grantkeeper writes this then; to keep it suspended: grantkeeper suspend TARGET --for 1h --reason TEXT",
  ],
  "daily-reminder": ({ suspensions, orphans }) => [
    `🔵 still suspended: ${suspensions.length}, without a manifest: ${orphans.length}`,
    ...shownLines([...suspensions, ...orphans]).map((line) => `    ${line}`),
    "See  grantkeeper status",
  ],
  "revision-held": ({ source, revision, reason }) => [
    `🔴 ${source}: ${revision} is held, ${reason}`,
    `Next the accepted revision stays enforced; grantkeeper approve ${revision} --reason …`,
  ],
  "source-failed": ({ source, reason, mend }) => [`🟠 ${source}: ${reason}`, `Next ${mend}`],
};
