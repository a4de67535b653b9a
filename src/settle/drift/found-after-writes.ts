import { callsThatWrite, WRITES_OF_OBJECTS } from "../../diff/drift/stale-read.ts";
import { driftFingerprint, isChangedInAws, type Drift, type DriftChange } from "../../model/drift.ts";
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
      (drift.cause !== "revision" || isChangedInAws(drift) || isReplaced(drift, writes)) &&
      !isKnown(driftFingerprint(drift)) &&
      !mayBeOfWrites(drift, writes),
  );
}

/** Between two steps of a plan, AWS differs from Git by our own writes. */
function mayBeOfWrites(drift: Drift, writes: readonly WriteOutcome[]): boolean {
  const { subject, change } = drift;
  if (EXTRAS.has(change.kind)) return false;
  // The versions of a function keep the role that it had before our switch.
  if (change.kind === "role-not-published") return true;
  const calls = callsThatWrite(change);
  const ofSubject = writes.filter(({ action }) => action.target === subject);
  if (!ofSubject.some(({ action: { call } }) => calls.includes(call) || WRITES_OF_OBJECTS.has(call)))
    return false;
  return calls.length === 0 || !isOthersValue(drift, ofSubject);
}

/** Our own write of the field was made, and AWS has neither its value nor the one from before it. */
function isReplaced(drift: Drift, writes: readonly WriteOutcome[]): boolean {
  const calls = callsThatWrite(drift.change);
  const ofSubject = writes.filter(({ action }) => action.target === drift.subject);
  return (
    ofSubject.some(({ kind, action }) => kind === "applied" && calls.includes(action.call)) &&
    isOthersValue(drift, ofSubject)
  );
}

/**
 * A value that none of these writes of the object set or found. Of a tag or a setting only its own value counts. A member of a
 * set has no third value: while AWS may still show what was before our write, `diff/drift/stale-read.ts` leaves it unconfirmed.
 */
function isOthersValue(drift: Drift, ofSubject: readonly WriteOutcome[]): boolean {
  if (drift.live === null) return false;
  const calls = callsThatWrite(drift.change);
  const seen = driftFingerprint(drift);
  return ofSubject.every(({ action: { call, before, after } }) =>
    // A read may still show the role from before its deletion.
    calls.includes(call)
      ? [before, after].every((live) => driftFingerprint({ ...drift, live }) !== seen)
      : call !== "iam:DeleteRole",
  );
}
