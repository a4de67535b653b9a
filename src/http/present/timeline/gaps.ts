import type { TimelineGap } from "../../../model/reads/timeline.ts";
import type { AccountView } from "../../../controller/ports/control.ts";
import type { TimelineRecord } from "../../../controller/ports/browser/timeline-record.ts";
import { longestPauseMs } from "../../../model/reads/region-reads.ts";
import { within, without, type Period, type TimeSpan } from "./spans.ts";

const DAY_MS = 86_400_000;

/** A gap of an account, or of all (null). */
export interface FoundGap extends TimeSpan {
  readonly account: AccountView | null;
  readonly regions: readonly string[];
  readonly isOpen: boolean;
  readonly reason: string;
  /** Missing: the controller did not start in it. */
  readonly startedAt?: string;
}

interface GapFacts {
  readonly accounts: readonly AccountView[];
  readonly nowMs: number;
  readonly sweepMs: number;
  readonly record: TimelineRecord;
}

/**
 * Every time of the period in which drift of these accounts is not known, the newest first. Open are those that had not ended at
 * the end of the period.
 */
export function gapsIn(period: Period, facts: GapFacts): readonly FoundGap[] {
  const found = [
    ...beforeRecord(period, facts),
    ...facts.accounts.flatMap((account) => [
      ...recordedGaps(account, period, facts.record),
      ...openGaps(account, period, facts),
      ...untrackedGaps(account, period, facts),
    ]),
  ];
  return found
    .flatMap((gap) => {
      // The state of a binding that was last read before the end of the period was not known at its end.
      const span = gap.isOpen && gap.fromMs === period.toMs ? gap : within(gap, period);
      return span === null ? [] : [{ ...gap, ...span }];
    })
    .toSorted((a, b) => b.toMs - a.toMs || b.fromMs - a.fromMs);
}

/** What drifts now is known without entries. */
function beforeRecord(period: Period, { record: { unknownBefore }, nowMs }: GapFacts): readonly FoundGap[] {
  if (unknownBefore === null) return [];
  const { atMs, reason } = unknownBefore;
  const toMs = Math.min(atMs, period.toMs);
  const isOpen = atMs > period.toMs && period.toMs < nowMs;
  return [{ account: null, regions: [], fromMs: period.fromMs, toMs, isOpen, reason }];
}

function recordedGaps(
  account: AccountView,
  period: Period,
  { gaps, starts }: TimelineRecord,
): readonly FoundGap[] {
  return gaps
    .filter(({ accountId }) => accountId === account.id)
    .map(({ regions, since, until, reason }) => {
      const isWithin = (at: string): boolean => at > since && at <= until && Date.parse(at) <= period.toMs;
      const started = starts.find(({ at }) => isWithin(at));
      return {
        account,
        regions: ofPart(account, regions),
        fromMs: Date.parse(since),
        toMs: Date.parse(until),
        isOpen: Date.parse(until) > period.toMs,
        reason: reason ?? "no complete read",
        ...(started !== undefined && { startedAt: started.at }),
      };
    });
}

/** What was not read since, and what no pass has compared since the start. */
function openGaps(account: AccountView, { toMs }: Period, { sweepMs }: GapFacts): readonly FoundGap[] {
  const { record, comparing } = account;
  const reads = Object.entries(record?.regionReads ?? {});
  const isFailing = (record?.failing ?? null) !== null;
  const late = reads.filter(
    ([, { lastMs }]) => comparing || isFailing || toMs - lastMs > longestPauseMs(sweepMs),
  );
  const reason =
    record?.failing?.reason ?? (comparing ? "not compared since the controller started" : "no complete read");
  return [...Map.groupBy(late, ([, { lastMs }]) => lastMs)].map(([fromMs, some]) => ({
    account,
    regions: ofPart(
      account,
      some.map(([region]) => region),
    ),
    fromMs,
    toMs,
    isOpen: true,
    reason,
  }));
}

/** Before the record has the reads of a region, it has only how many an entire day had. */
function untrackedGaps(account: AccountView, period: Period, facts: GapFacts): readonly FoundGap[] {
  const reads = account.record?.regionReads ?? {};
  const regions = [...new Set([...account.declared.regions, ...Object.keys(reads)])];
  const known = knownDays(account, facts);
  const groups = Map.groupBy(regions, (region) => reads[region]?.sinceMs ?? Infinity);
  return [...groups].flatMap(([sinceMs, some]) => {
    const span = { fromMs: period.fromMs, toMs: Math.min(sinceMs, period.toMs) };
    const isOpen = sinceMs > period.toMs;
    const reason = sinceMs === Infinity ? "never read completely" : "no complete read is recorded";
    const shared = { account, regions: ofPart(account, some), reason };
    return without(span, known).map((gap) => ({
      ...shared,
      ...gap,
      isOpen: isOpen && gap.toMs === period.toMs,
    }));
  });
}

/**
 * Days between two others that had no long pause: a pause at the end of a day counts for the next one, and the first day may
 * have begun before the first read.
 */
function knownDays({ id }: AccountView, { record: { days }, sweepMs }: GapFacts): readonly TimeSpan[] {
  const own = days.filter(({ accountId, completeReads }) => accountId === id && completeReads > 0);
  const longest = new Map(own.map(({ day, longestGapMs }) => [Date.parse(day), longestGapMs]));
  const isRead = (dayMs: number): boolean => (longest.get(dayMs) ?? Infinity) <= longestPauseMs(sweepMs);
  return [...longest.keys()]
    .filter((dayMs) => isRead(dayMs) && isRead(dayMs + DAY_MS) && longest.has(dayMs - DAY_MS))
    .map((dayMs) => ({ fromMs: dayMs, toMs: dayMs + DAY_MS }));
}

/** Of an entire account no regions are named. */
function ofPart({ declared }: AccountView, regions: readonly string[]): readonly string[] {
  const isAll = declared.regions.every((region) => regions.includes(region));
  return isAll ? [] : [...regions].sort();
}

/** A gap as the API shows it. */
export function shownGap({ account, fromMs, toMs, isOpen, ...same }: FoundGap): TimelineGap {
  return {
    account: account?.name ?? null,
    regions: same.regions,
    since: new Date(fromMs).toISOString(),
    until: isOpen ? null : new Date(toMs).toISOString(),
    reason: same.reason,
    ...(same.startedAt !== undefined && { startedAt: same.startedAt }),
  };
}
