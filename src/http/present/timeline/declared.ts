import { commitAuthorName } from "../../../model/people/actor.ts";
import type { TimelineDrift } from "../../../model/reads/timeline.ts";
import type { DriftFoundEntry, TimelineRecord } from "../../../controller/ports/browser/timeline-record.ts";
import { shortRevision } from "../../../model/values/revision.ts";

/** A pass takes up to this long from its start, the beginning of a drift, to its entries. */
export const BEFORE_MS = 1_000;

type Accepted = TimelineRecord["accepted"];
type FoundEntry = Extract<DriftFoundEntry, { readonly kind: "drift-found" }>;
type CommitAuthors = Pick<TimelineDrift, "declaredBy" | "declaredByUnknown">;
type DeclaredPlace = CommitAuthors & Pick<TimelineDrift, "declaredIn">;

export function isFound(entry: DriftFoundEntry): entry is FoundEntry {
  return entry.kind === "drift-found";
}

/** The earliest time at which what the entry names may have begun. */
export function beganMs(entry: DriftFoundEntry): number {
  return isFound(entry) ? Date.parse(entry.at) - BEFORE_MS : Date.parse(entry.since);
}

/** The revision that was in force when Git alone had made all of them, and who declared them. */
export function timelineDeclaration(its: readonly DriftFoundEntry[], accepted: Accepted): DeclaredPlace {
  const found = its.filter(isFound);
  const oldest = found.at(-1);
  const isOfGit = found.every(({ declaredOnly }) => declaredOnly === true);
  if (oldest === undefined || !isOfGit) return {};
  const { revision } = oldest;
  if (found.every((one) => one.revision === revision))
    return { declaredIn: revision, ...commitAuthors(oldest, accepted) };
  return { declaredIn: revision, declaredByUnknown: "several revisions declared it" };
}

/** The revision that first declared an open difference which Git alone made, from the record. */
export function firstDeclared(
  drift: TimelineDrift,
  { found, accepted }: Pick<TimelineRecord, "found" | "accepted">,
  atMs: number,
): TimelineDrift {
  if (drift.declaredIn === undefined) return drift;
  const fromMs = Date.parse(drift.since) - BEFORE_MS;
  const its = found.filter(
    (entry) => entry.key === drift.key && Date.parse(entry.at) >= fromMs && beganMs(entry) <= atMs,
  );
  return { ...drift, ...timelineDeclaration(its, accepted) };
}

/**
 * The authors of the commits that came with a revision, if it alone can have declared what was found: the one before it was
 * compared, and did not have it. The commits of the first revision of all are its entire history.
 */
function commitAuthors({ revision, seq, comparedBefore }: FoundEntry, accepted: Accepted): CommitAuthors {
  const entry = accepted.find((one) => one.revision === revision && one.seq < seq);
  if (entry === undefined || entry.previous === null) return {};
  if (comparedBefore === undefined)
    return { declaredByUnknown: "the revision that was compared before is not recorded" };
  if (comparedBefore !== entry.previous)
    return { declaredByUnknown: `not every revision since ${shortRevision(comparedBefore)} was compared` };
  const names = new Set(entry.commits.map(({ author }) => commitAuthorName(author)));
  return names.size === 0 ? {} : { declaredBy: [...names] };
}
