import type { TimelineDrift } from "../../../model/reads/timeline.ts";
import type {
  DriftEndedEntry,
  DriftFoundEntry,
  TimelineRecord,
} from "../../../controller/ports/page/timeline-record.ts";
import type { AttributedDrift } from "../../../model/changes/attribution.ts";
import { driftFingerprint, driftOfFingerprint, isDeclaredOnly, type Drift } from "../../../model/drift.ts";
import type { KeyRecordSummary, OpenDrift } from "../../../model/keys/key-record.ts";
import type { Key } from "../../../model/keys/key.ts";
import { driftKindLine, driftLine } from "../../../plan/render/drift-line.ts";
import { hidesRecorded, type Reader } from "../../request/reader.ts";
import type { Revision } from "../../../model/values/revision.ts";
import { isoTime } from "../metadata.ts";

interface Open {
  readonly fingerprint: string;
  readonly sinceMs: number;
  readonly facts: OpenDrift | undefined;
}

/** The drift of a key that has not ended, also of a key that no pass of this process has compared; null: there is none. */
export function openDrift(reader: Reader, record: KeyRecordSummary): TimelineDrift | null {
  const { key, driftSinceMs, openDrifts = {} } = record;
  const view = reader.keyView(key);
  const seen = new Map((view?.drifts ?? []).map((drift) => [driftFingerprint(drift), drift]));
  const open = Object.entries(driftSinceMs)
    .map(([fingerprint, sinceMs]): Open => ({ fingerprint, sinceMs, facts: openDrifts[fingerprint] }))
    .filter(({ fingerprint, facts }) => isDrift(facts, seen.get(fingerprint)?.cause));
  if (open.length === 0) return null;
  const isHidden = hidesRecorded(reader, view);
  const revision = view === null ? null : revisionOf(record);
  const isOfGit = open.every(({ fingerprint }) => {
    const drift = seen.get(fingerprint);
    return drift !== undefined && isDeclaredOnly(drift);
  });
  const cleanMs = open.map(({ facts }) => facts?.lastCleanMs ?? null);
  return {
    key,
    since: isoTime(Math.min(...open.map(({ sinceMs }) => sinceMs))),
    lastCleanAt: cleanMs.some((ms) => ms === null) ? null : isoTime(Math.min(...cleanMs.map(Number))),
    ended: null,
    changes: once(open.map((one) => (isHidden ? kindLineOf(one) : changeOf(one, seen.get(one.fingerprint))))),
    risks: once(open.flatMap(({ facts }) => facts?.risks ?? [])),
    authors: isHidden ? [] : open.flatMap(({ facts }) => authorOf(facts)),
    ...(isOfGit && !isHidden && revision !== null && { declaredIn: revision }),
  };
}

function revisionOf({ status }: KeyRecordSummary): Revision | null {
  return status?.lastAttemptedRevision ?? null;
}

/** What Git changed and is not applied yet is no drift, and has no author. A record of 0.1 has only the view's cause. */
function isDrift(facts: OpenDrift | undefined, cause: string | undefined): boolean {
  if (facts?.difference !== undefined) return true;
  return cause === "out-of-band" || cause === "initial";
}

/** In the words of `get drift`; of an account without a queue of change events the record has only the kind. */
function changeOf(open: Open, seen: Drift | undefined): string {
  return open.facts?.difference ?? (seen === undefined ? kindLineOf(open) : driftLine(seen));
}

function kindLineOf({ fingerprint }: Open): string {
  return driftKindLine(driftOfFingerprint(fingerprint).change.kind);
}

function authorOf(facts: OpenDrift | undefined): readonly AttributedDrift[] {
  const { difference, attribution } = facts ?? {};
  return difference === undefined || attribution === undefined ? [] : [{ difference, attribution }];
}

/** The entries are what the token may see of them. Drift that Git's change ended was none, unless it was found in AWS before. */
export function endedDrifts(
  ended: readonly DriftEndedEntry[],
  found: readonly DriftFoundEntry[],
): readonly TimelineDrift[] {
  const byKey = Map.groupBy(found, ({ key }) => key);
  return ended.flatMap((entry) => {
    const its = foundFor(entry, byKey);
    if (entry.how === "applied" && its.every(({ kind }) => kind !== "drift-found")) return [];
    return [endedDrift(entry, its)];
  });
}

type NewerField = "changes" | "risks" | "since" | "lastCleanAt";
/** Entries of 0.1 lack the newer fields. */
type EarlierEntry = Omit<DriftEndedEntry, NewerField> & Partial<Pick<DriftEndedEntry, NewerField>>;

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
    ...declarationOf(its),
  };
}

/** The revision that was in force when Git alone had made all of them. */
function declarationOf(its: readonly DriftFoundEntry[]): Pick<TimelineDrift, "declaredIn"> {
  const found = its.filter((entry) => entry.kind === "drift-found");
  const oldest = found.at(-1);
  const isOfGit = found.every(({ declaredOnly }) => declaredOnly === true);
  return oldest === undefined || !isOfGit ? {} : { declaredIn: oldest.revision };
}

/** Of an open difference that Git alone made, the record has the revision that declared it first. */
export function firstDeclared(drift: TimelineDrift, found: readonly DriftFoundEntry[]): TimelineDrift {
  if (drift.declaredIn === undefined) return drift;
  const fromMs = Date.parse(drift.since) - BEFORE_MS;
  const its = found.filter(({ key, at }) => key === drift.key && Date.parse(at) >= fromMs);
  return { ...drift, ...declarationOf(its) };
}

/** With the authors of the commits that came with that revision; those of the first revision of all are its entire history. */
export function withCommitAuthors(drift: TimelineDrift, accepted: TimelineRecord["accepted"]): TimelineDrift {
  const entry = accepted.find(({ revision }) => revision === drift.declaredIn);
  if (entry === undefined || entry.previous === null) return drift;
  const names = new Set(entry.commits.map(({ author }) => author.replace(/\s*<[^>]*>$/, "")));
  return names.size === 0 ? drift : { ...drift, declaredBy: [...names] };
}

/** What differed, not what its end changed, which has the opposite signs. */
function differencesOf(fields: readonly string[], its: readonly DriftFoundEntry[]): readonly string[] {
  const found = its.flatMap((entry) => (entry.kind === "drift-found" ? (entry.changes ?? []) : []));
  // Of a hidden role the entries have the kinds as their changes.
  return once((found.length > 0 ? found : fields).map(driftKindLine));
}

/** A pass takes up to this long from its start, the beginning of a drift, to its entries. */
const BEFORE_MS = 1_000;

/** What was found of the key from the beginning of the drift to its end, and the authors of that time. */
function foundFor(
  { key, at, seq, since, fields }: EarlierEntry,
  byKey: ReadonlyMap<Key, readonly DriftFoundEntry[]>,
): readonly DriftFoundEntry[] {
  const fromMs = Date.parse(since ?? at) - BEFORE_MS;
  const isOf = (entry: DriftFoundEntry): boolean => {
    if (!entry.fields.some((field) => fields.includes(field))) return false;
    if (entry.kind === "drift-author-found") return Date.parse(entry.since) >= fromMs && entry.since <= at;
    return entry.seq < seq && Date.parse(entry.at) >= fromMs;
  };
  return (byKey.get(key) ?? []).filter(isOf);
}

/** A later entry corrects the author of an earlier one. */
function newestOfEach(entries: readonly DriftFoundEntry[]): readonly AttributedDrift[] {
  const authors = entries.toReversed().flatMap((entry) => entry.authors ?? []);
  return [...new Map(authors.map((one) => [one.difference, one])).values()];
}

function once<Item extends string>(items: readonly Item[]): readonly Item[] {
  return [...new Set(items)].sort();
}
