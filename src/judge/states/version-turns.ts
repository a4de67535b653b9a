import type { Key } from "../../model/keys/key.ts";
import type { KeyRecord } from "../../model/keys/key-record.ts";

/** A sweep reads about so many policies of versions, and at least one of each function that has a turn. */
const POLICIES = 100;
/** After a complete round the versions of a function are not listed again for so long. */
const PAUSE_MS = 30 * 60_000;

/**
 * Of how many published versions a sweep reads the policies, by key: of those of the round, but for functions whose last
 * complete round of versions began less than half an hour ago. Most functions have no policy on any version.
 */
export function versionTurns(
  records: readonly KeyRecord[],
  { round, startedAtMs }: { readonly round: ReadonlySet<Key>; readonly startedAtMs: number },
): ReadonlyMap<Key, number> {
  const due = records.filter((record) => round.has(record.key) && isDue(record, startedAtMs));
  const most = Math.max(1, Math.floor(POLICIES / Math.max(1, due.length)));
  return new Map(due.map(({ key }) => [key, most]));
}

/** A round of the future, from before the clock was set back, is of an unknown time. */
function isDue({ undeclaredQualifiers: known }: KeyRecord, startedAtMs: number): boolean {
  const { lastMs = null, round = null } = known?.versions ?? {};
  return round !== null || lastMs === null || Math.abs(startedAtMs - lastMs) >= PAUSE_MS;
}
