import { callsThatWrite, WRITES_OF_OBJECTS } from "../../diff/drift/stale-read.ts";
import { driftFingerprint, isChangedInAws, type Drift, type DriftChange } from "../../model/drift.ts";
import type { WriteCall } from "../../model/writes/write-calls.ts";
import type { JudgedView, WriteOutcome } from "../outcome/outcome.ts";

/** None of our writes adds one. */
const EXTRAS: ReadonlySet<DriftChange["kind"]> = new Set([
  "attachment-extra",
  "inline-extra",
  "statement-extra",
  "tag-extra",
]);

/**
 * The differences that only the read after the writes of this pass shows, and that none of these writes left behind: someone
 * changed AWS since the pass had read it. They are not recorded as known, so that the next pass finds them as it finds every
 * change: with an entry, an alert and an author.
 */
export function foundAfterWrites({
  judged: { subject, plan, drifts: driftsBefore },
  drifts,
  writes,
  readBack,
  ordered,
}: JudgedView): readonly Drift[] {
  if (readBack?.kind !== "seen" || plan.purpose === "delete" || ordered !== null) return [];
  const seenBefore = new Set(driftsBefore.map(driftFingerprint));
  const isKnown = (fingerprint: string): boolean =>
    seenBefore.has(fingerprint) || subject.record.driftSinceMs[fingerprint] !== undefined;
  return drifts.filter(
    (drift) =>
      drift.certainty === "confirmed" &&
      (drift.cause !== "revision" || isChangedInAws(drift)) &&
      !isKnown(driftFingerprint(drift)) &&
      !mayBeOfWrites(drift, writes),
  );
}

/** Between two steps of a plan, AWS differs from Git by our own writes. */
function mayBeOfWrites({ subject, change }: Drift, writes: readonly WriteOutcome[]): boolean {
  if (EXTRAS.has(change.kind)) return false;
  const calls = callsThatWrite(change);
  const isOfField = (call: WriteCall): boolean => calls.includes(call) || WRITES_OF_OBJECTS.has(call);
  return (
    calls.length === 0 || writes.some(({ action }) => action.target === subject && isOfField(action.call))
  );
}
