import fc from "fast-check";
import { AwsClock } from "../../src/aws/requests/aws-clock.ts";
import { mergedRecords } from "../../src/controller/state/changes/event-searches.ts";
import { callsThatWrite } from "../../src/diff/drift/stale-read.ts";
import { documentDigest } from "../../src/iam/trail/changes.ts";
import type { Attribution } from "../../src/model/changes/attribution.ts";
import type { ChangedAspect, ChangeRecord } from "../../src/model/changes/change-event.ts";
import { SAME_CLOCK, spannedOffset, type ClockOffset } from "../../src/model/changes/clock-offset.ts";
import type { Drift, DriftChange } from "../../src/model/drift.ts";
import { revised, withRecorded } from "../../src/settle/drift/revised-attribution.ts";
import { attributionOf } from "../../src/settle/drift/attribution.ts";
import { changed, drifted, ROLE, SECOND } from "../unit/settle/attribution/changes.ts";

const ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess";
const DECLARED = "arn:aws:iam::aws:policy/ReadOnlyAccess";
const [ONE, TWO] = ["arn:aws:iam::111122223333:policy/one", "arn:aws:iam::111122223333:policy/two"] as const;
const document = (action: string): string =>
  `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"${action}","Resource":"*"}]}`;

type Value = string | null;

/** A part of the role: what it is as declared, what else a call may set it to, and how a call and a difference show it. */
interface Field {
  readonly declared: Value;
  readonly values: readonly Value[];
  readonly aspect: (value: Value) => ChangedAspect;
  readonly change: DriftChange;
  readonly live: (value: Value) => string | null;
}

const asIs = (value: Value): string | null => value;
const FIELDS: readonly Field[] = [
  {
    declared: null,
    values: [null, ADMINISTRATOR],
    aspect: (value) => ({ kind: value === null ? "detached" : "attached", arn: ADMINISTRATOR }),
    change: { kind: "attachment-extra", arn: ADMINISTRATOR },
    live: asIs,
  },
  {
    declared: DECLARED,
    values: [null, DECLARED],
    aspect: (value) => ({ kind: value === null ? "detached" : "attached", arn: DECLARED }),
    change: { kind: "attachment-missing", arn: DECLARED },
    live: asIs,
  },
  {
    declared: ONE,
    values: [null, ONE, TWO],
    aspect: (value) => (value === null ? { kind: "boundary-deleted" } : { kind: "boundary-set", arn: value }),
    change: { kind: "boundary" },
    live: asIs,
  },
  {
    declared: null,
    values: [null, document("s3:GetObject"), document("sqs:SendMessage")],
    aspect: (value) =>
      value === null
        ? { kind: "inline-deleted", policyName: "p" }
        : { kind: "inline-set", policyName: "p", document: documentDigest(value) },
    change: { kind: "inline-extra", policyName: "p" },
    live: asIs,
  },
  {
    declared: document("sts:AssumeRole"),
    values: [document("sts:AssumeRole"), document("sts:TagSession"), document("sts:SetSourceIdentity")],
    aspect: (value) => ({ kind: "trust", document: documentDigest(value ?? "") }),
    change: { kind: "trust" },
    live: asIs,
  },
  {
    declared: null,
    values: [null, "1", "2"],
    aspect: (value) =>
      value === null ? { kind: "tags-deleted", keys: ["t"] } : { kind: "tags-set", tags: { t: value } },
    change: { kind: "tag-extra", tag: "t" },
    live: (value) => (value === null ? null : JSON.stringify({ t: value })),
  },
];

const MINUTE_MS = 60_000;

/** A call of a person, or one of Grantkeeper's own writes, which sets the field as declared. */
export interface Call {
  readonly atMs: number;
  readonly field: number;
  readonly value: number;
  readonly isOwn: boolean;
  readonly isLost: boolean;
  readonly delayMs: number;
  readonly isRepeated: boolean;
}

const call: fc.Arbitrary<Call> = fc.record({
  // Often in the same second as others, and around both reads.
  atMs: fc.oneof(
    fc.integer({ min: -MINUTE_MS + 1_000, max: 4 * MINUTE_MS }),
    fc.integer({ min: -1_500, max: 1_500 }),
    fc.integer({ min: 30_000, max: 31_500 }),
    fc.integer({ min: 2 * MINUTE_MS - 2_500, max: 2 * MINUTE_MS + 2_500 }),
  ),
  field: fc.nat(FIELDS.length - 1),
  value: fc.nat(2),
  isOwn: fc.integer({ min: 0, max: 9 }).map((one) => one === 0),
  isLost: fc.boolean(),
  delayMs: fc.integer({ min: 0, max: 15 * MINUTE_MS }),
  isRepeated: fc.boolean(),
});

/** The last complete read without a difference ended at 0 and may have been a minute old. */
export const story = fc.record({
  // Most calls are of one field, so that they meet.
  calls: fc
    .tuple(
      fc.uniqueArray(call, { maxLength: 8, selector: ({ atMs }) => atMs }),
      fc.nat(FIELDS.length - 1),
      fc.nat(8),
    )
    .map(([calls, field, others]) => calls.map((one, at) => (at < others ? { ...one, field } : one))),
  read: fc.record({
    fromMs: fc.integer({ min: 2 * MINUTE_MS - 500, max: 2 * MINUTE_MS + 500 }),
    lastsMs: fc.integer({ min: 0, max: 3_000 }),
    afterMs: fc.integer({ min: 0, max: 3_000 }),
    ageMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: MINUTE_MS })),
  }),
});

export interface Story {
  readonly calls: readonly Call[];
  readonly read: {
    readonly fromMs: number;
    readonly lastsMs: number;
    readonly afterMs: number;
    readonly ageMs: number;
  };
  /** Missing: the controller has AWS's clock. */
  readonly clock?: WrongClock;
}

/** How far AWS's clock is ahead of the controller's, before and after the controller's is set. */
export interface WrongClock {
  readonly offsetMs: number;
  readonly setAtMs: number;
  readonly laterMs: number;
  /** How long each request of the controller takes, which shows it AWS's time. */
  readonly requestMs: number;
  /** The offset as the controller knows it; missing: it is asked with requests. */
  readonly known?: ClockOffset;
}

const STEADY: WrongClock = { offsetMs: 0, setAtMs: 0, laterMs: 0, requestMs: 0, known: SAME_CLOCK };

/** By the clock of the controller. @param atMs by AWS's */
function shown(atMs: number, { offsetMs, setAtMs, laterMs }: WrongClock): number {
  return SECOND + atMs - (atMs < setAtMs ? offsetMs : laterMs);
}

/** What answers of AWS at these times, by AWS's clock, show. */
function offsetFrom(times: readonly number[], clock: WrongClock): ClockOffset | null {
  const awsClock = new AwsClock();
  const moment = (atMs: number) => ({ wallMs: shown(atMs, clock), steadyMs: atMs });
  let found: ClockOffset | null | undefined;
  for (const atMs of times.toSorted((a, b) => a - b)) {
    const date = new Date(SECOND + atMs).toUTCString();
    awsClock.answered({
      date,
      sent: moment(atMs - clock.requestMs),
      received: moment(atMs + clock.requestMs),
    });
    const offset = awsClock.offset(moment(atMs + clock.requestMs));
    found = found === undefined ? offset : spannedOffset(found, offset);
  }
  return found ?? null;
}

function fieldOf({ field }: Pick<Call, "field">): Field {
  const found = FIELDS[field];
  if (found === undefined) throw new Error(`no field ${field}`);
  return found;
}

function valueOf(one: Call): Value {
  const { declared, values } = fieldOf(one);
  return one.isOwn ? declared : (values[one.value % values.length] ?? null);
}

function recordOf(one: Call, clock: WrongClock, delayMs = one.delayMs): ChangeRecord {
  const aspect = fieldOf(one).aspect(valueOf(one));
  const atMs = Math.floor((SECOND + one.atMs) / 1_000) * 1_000;
  const { event } = changed(0, aspect, { id: idOf(one), atMs });
  return { event, receivedMs: shown(one.atMs + delayMs, clock) };
}

function idOf({ atMs }: Call): string {
  return `e${atMs}`;
}

/** The last call of the field at or before a time; null: none. */
function lastOf(calls: readonly Call[], field: number, atMs: number): Call | null {
  return calls.findLast((one) => one.field === field && one.atMs <= atMs) ?? null;
}

type FindAuthor = (
  drift: Drift,
  sighting: Parameters<typeof attributionOf>[1],
) => ReturnType<typeof attributionOf>;

/**
 * The author after every event has arrived, one after the other, each of which revised what was recorded before.
 * @param restartAt how many have arrived when all of them are forgotten, as those that a search found at a restart
 */
export function afterEachArrival(restartAt: number): FindAuthor {
  return (drift, sighting) => {
    const arrived = sighting.changes.records.toSorted(
      (a, b) => a.receivedMs - b.receivedMs,
    ) as ChangeRecord[];
    let found = attributionOf(drift, { ...sighting, changes: { records: [], problem: null } });
    for (let count = 1; count <= arrived.length; count += 1) {
      const known = arrived.slice(count > restartAt ? restartAt : 0, count);
      const records = known.toSorted((a, b) => a.event.atMs - b.event.atMs);
      const readMs = sighting.seen.fromMs;
      const changes = withRecorded(drift, { changes: { records, problem: null }, before: found, readMs });
      found = revised(found, attributionOf(drift, { ...sighting, changes })) ?? found;
    }
    return found;
  };
}

/** Each difference that the read shows, its author as found, and the calls that had made it at some moment of the read. */
export function judged(
  { calls: unsorted, read, clock = STEADY }: Story,
  isLost: (one: Call) => boolean = () => false,
  findAuthor: FindAuthor = attributionOf,
) {
  const calls = unsorted.toSorted((a, b) => a.atMs - b.atMs);
  const toMs = read.fromMs + read.lastsMs;
  const shownMs = Math.min(toMs, read.fromMs + read.afterMs) - read.ageMs;
  const records = calls
    .filter((one) => !one.isOwn && !isLost(one))
    .flatMap((one) => [
      recordOf(one, clock),
      ...(one.isRepeated ? [recordOf(one, clock, one.delayMs + 1)] : []),
    ]);
  const own = calls.filter(({ isOwn, atMs }) => isOwn && atMs <= toMs);
  const callOf = (one: Call) => callsThatWrite(fieldOf(one).change)[0];
  const writes = own.map((one) => ({ atMs: shown(one.atMs, clock), call: callOf(one) }) as never);
  const asked = [0, read.fromMs, toMs, toMs + 30 * MINUTE_MS, ...own.map(({ atMs }) => atMs)];
  const clockOffset = clock.known ?? offsetFrom(asked, clock);
  return FIELDS.flatMap((field, at) => {
    const made = lastOf(calls, at, shownMs);
    if (made === null || valueOf(made) === field.declared) return [];
    const live = field.live(valueOf(made));
    const later = calls.filter((one) => one.field === at && one.atMs > shownMs && one.atMs <= toMs);
    const authors = [made, ...later].filter((one) => field.live(valueOf(one)) === live);
    const found = findAuthor(drifted(field.change, { live }), {
      changes: { records: mergedRecords([records.toReversed()]), problem: null },
      writes: { byTarget: new Map([[ROLE, writes]]) },
      lastCleanMs: shown(0, clock),
      seen: { fromMs: shown(read.fromMs, clock), toMs: shown(toMs, clock) },
      clockOffset,
    });
    return [{ found, made, authors, own: own.at(-1)?.atMs ?? -Infinity }];
  });
}

const idsOf = (found: Attribution): readonly string[] => {
  if (found.kind === "named") return [found.change.eventId];
  return found.kind === "candidates" ? found.changes.map(({ eventId }) => eventId) : [];
};

export type JudgedStory = ReturnType<typeof judged>[number];

/** Another caller than one who made it is named. */
export function isWrong({ found, authors }: JudgedStory): boolean {
  return found.kind === "named" && !authors.some((one) => idOf(one) === found.change.eventId);
}

/** The call is neither named nor among the candidates, of which five are kept. */
export function isMissed({ found, made }: JudgedStory): boolean {
  const ids = idsOf(found);
  return !ids.includes(idOf(made)) && (found.kind === "named" || ids.length < 5);
}

/** The named call did not set what AWS shows, was not after what is known of our reads and writes, or was undone since. */
export function isUnfounded({ found, made, own }: JudgedStory, { calls, read }: Story): boolean {
  if (found.kind !== "named") return false;
  const named = calls.find((one) => idOf(one) === found.change.eventId);
  if (named === undefined || valueOf(named) !== valueOf(made)) return true;
  const isUndone = calls.some(
    (one) =>
      !one.isLost &&
      !one.isOwn &&
      one.field === named.field &&
      valueOf(one) !== valueOf(named) &&
      one.atMs > named.atMs &&
      one.atMs <= read.fromMs - 1_000,
  );
  return isUndone || named.atMs <= Math.max(0, own);
}
