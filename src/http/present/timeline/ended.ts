import type { TimelineDrift } from "../../../model/reads/timeline.ts";
import type {
  DriftEndedEntry,
  DriftFoundEntry,
  TimelineRecord,
} from "../../../controller/ports/browser/timeline-record.ts";
import type { AttributedDrift } from "../../../model/changes/attribution.ts";
import type { Key } from "../../../model/keys/key.ts";
import { driftKindLine } from "../../../plan/render/drift-line.ts";
import { beganMs, BEFORE_MS, timelineDeclaration, isFound } from "./declared.ts";

/**
 * As they were at that time: a drift that ended later had not ended, and what was found later was not there. The entries are what
 * the token may see of them. Drift that Git's change ended was none, unless it was found in AWS before.
 */
export function shownEndedDrifts(
  { ended, found, accepted }: Pick<TimelineRecord, "ended" | "found" | "accepted">,
  atMs: number,
): readonly TimelineDrift[] {
  const byKey = Map.groupBy(found, ({ key }) => key);
  return ended.flatMap((entry: EarlierEntry) => {
    if (sinceMs(entry) > atMs) return [];
    const all = foundFor(entry, byKey);
    const its = all.filter((one) => beganMs(one) <= atMs);
    if (entry.how === "applied" && !its.some(isFound)) return [];
    const drift = { ...endedDrift(entry, its), ...timelineDeclaration(its, accepted) };
    if (Date.parse(entry.at) <= atMs) return [drift];
    const later = all.filter((one) => beganMs(one) > atMs);
    return [{ ...drift, ...differencesThen(entry, its, later), ended: null }];
  });
}

type NewerField = "changes" | "risks" | "since" | "lastCleanAt";
/** Entries of 0.1 lack the newer fields. */
type EarlierEntry = Omit<DriftEndedEntry, NewerField> & Partial<Pick<DriftEndedEntry, NewerField>>;

function sinceMs({ since, at }: EarlierEntry): number {
  return Date.parse(since ?? at);
}

function endedDrift(entry: EarlierEntry, its: readonly DriftFoundEntry[]): TimelineDrift {
  const { key, fields, risks = [], since = entry.at, lastCleanAt = null } = entry;
  return {
    key,
    since,
    lastCleanAt,
    ended: { at: entry.at, how: entry.how, entry: entry.seq },
    changes: differencesOf(fields, its),
    risks: once(risks),
    authors: newestOfEach(its),
  };
}

/**
 * Of a drift that ended later, the differences and risks of that time. The entry of its end has those of its entire duration: if
 * no entry shows which of several was the first, none is stated.
 */
function differencesThen(
  { fields, risks = [] }: EarlierEntry,
  its: readonly DriftFoundEntry[],
  later: readonly DriftFoundEntry[],
): Pick<TimelineDrift, "changes" | "risks"> {
  const found = its.filter(isFound);
  if (found.length > 0)
    return {
      changes: differencesOf(once(found.flatMap((entry) => entry.fields)), its),
      risks: once(found.flatMap((entry) => entry.risks ?? [])),
    };
  const left = fields.filter((field) => !later.some((entry) => entry.fields.includes(field)));
  return {
    changes: left.length === 1 ? left.map(driftKindLine) : [],
    risks: fields.length === 1 && later.length === 0 ? once(risks) : [],
  };
}

/** What differed, not what its end changed, which has the opposite signs. */
function differencesOf(fields: readonly string[], its: readonly DriftFoundEntry[]): readonly string[] {
  const found = its.filter(isFound).flatMap((entry) => entry.changes ?? []);
  // Of a hidden role the entries have the kinds as their changes.
  return once((found.length > 0 ? found : fields).map(driftKindLine));
}

/** What was found of the key from the beginning of the drift to its end, and the authors of that time. */
function foundFor(
  entry: EarlierEntry,
  byKey: ReadonlyMap<Key, readonly DriftFoundEntry[]>,
): readonly DriftFoundEntry[] {
  const { key, at, seq, fields } = entry;
  const fromMs = sinceMs(entry) - BEFORE_MS;
  const isOf = (one: DriftFoundEntry): boolean => {
    if (!one.fields.some((field) => fields.includes(field))) return false;
    if (one.kind === "drift-author-found") return Date.parse(one.since) >= fromMs && one.since <= at;
    return one.seq < seq && Date.parse(one.at) >= fromMs;
  };
  return (byKey.get(key) ?? []).filter(isOf);
}

/** A later entry corrects the author of an earlier one. */
function newestOfEach(entries: readonly DriftFoundEntry[]): readonly AttributedDrift[] {
  const authors = entries.toReversed().flatMap((entry) => entry.authors ?? []);
  return [...new Map(authors.map((one) => [one.difference, one])).values()];
}

/** Several drifts of each key that have not ended are one. */
export function joinedByKey(drifts: readonly TimelineDrift[]): readonly TimelineDrift[] {
  return [...Map.groupBy(drifts, ({ key }) => key).values()].map((own) => own.reduce(joined));
}

function joined(one: TimelineDrift, other: TimelineDrift): TimelineDrift {
  const { declaredIn: _, declaredBy: __, declaredByUnknown: ___, ...rest } = one;
  const authors = [...one.authors, ...other.authors];
  return {
    ...(one.declaredIn === other.declaredIn ? one : rest),
    since: one.since <= other.since ? one.since : other.since,
    lastCleanAt: earlierOf(one.lastCleanAt, other.lastCleanAt),
    changes: once([...one.changes, ...other.changes]),
    risks: once([...one.risks, ...other.risks]),
    authors: [...new Map(authors.map((author) => [author.difference, author])).values()],
  };
}

/** null: it is not known of one of them. */
function earlierOf(one: string | null, other: string | null): string | null {
  if (one === null || other === null) return null;
  return one <= other ? one : other;
}

export function once<Item extends string>(items: readonly Item[]): readonly Item[] {
  return [...new Set(items)].sort();
}
