import { functionArn, unqualifiedArn } from "../../model/aws/arn.ts";
import { isShownLater } from "../../diff/drift/first-read.ts";
import { desiredOf, lastAppliedState } from "../../judge/subject.ts";
import { isBinding } from "../../model/desired.ts";
import { driftFingerprint, driftOfFingerprint, type Drift } from "../../model/drift.ts";
import type { KeyRecord, OpenDrift } from "../../model/keys/key-record.ts";
import { isConverged } from "../outcome/converged.ts";
import type { JudgedView } from "../outcome/outcome.ts";

type OpenDrifts = Readonly<Record<string, OpenDrift>>;

/**
 * A drift that is not in the record, or only as what may have been there before, or as a change from Git that waits and that
 * someone has changed in AWS since.
 */
export function isNewDrift(drift: Drift, record: Pick<KeyRecord, "driftSinceMs" | "openDrifts">): boolean {
  const fingerprint = driftFingerprint(drift);
  if (record.driftSinceMs[fingerprint] === undefined || isShownLater(drift, record)) return true;
  return drift.sinceApplied === "changed" && record.openDrifts?.[fingerprint]?.sinceApplied !== "changed";
}

/** The difference is one of Git again: AWS has what was applied before someone changed it. */
export function isRestored(drift: Drift, openDrifts: OpenDrifts): boolean {
  const open = openDrifts[driftFingerprint(drift)];
  return drift.sinceApplied === "unchanged" && open?.sinceApplied === "changed";
}

/** As the pass leaves them. A change that is not known any more stays one, since nothing shows that it ended. */
export function withSinceAppliedNow(openDrifts: OpenDrifts, drifts: readonly Drift[]): OpenDrifts {
  const moved = drifts.flatMap((drift): readonly (readonly [string, OpenDrift])[] => {
    const fingerprint = driftFingerprint(drift);
    const open = openDrifts[fingerprint];
    if (open === undefined || open.sinceApplied === drift.sinceApplied) return [];
    if (isRestored(drift, openDrifts))
      return [[fingerprint, { lastCleanMs: open.lastCleanMs, risks: [], sinceApplied: "unchanged" }]];
    if (open.sinceApplied === "changed") return [];
    const { sinceApplied: _, ...rest } = open;
    const now = drift.sinceApplied === undefined ? {} : { sinceApplied: drift.sinceApplied };
    return [[fingerprint, { ...rest, ...now }]];
  });
  return moved.length === 0 ? openDrifts : { ...openDrifts, ...Object.fromEntries(moved) };
}

/**
 * How a drift of an object that Git no longer declares is known at the end of a pass. `compared`: AWS was compared with the
 * state that the drift differs from, or the object is declared again. `released`: Git was applied, and nothing compares the
 * object any more. `unknown`: this pass could not compare it.
 */
export function formerComparison(fingerprint: string, view: JudgedView): "compared" | "released" | "unknown" {
  const { subject } = driftOfFingerprint(fingerprint);
  const isCompared = view.drifts.some(({ sinceApplied }) => sinceApplied !== undefined);
  if (isCompared || declaredObjects(view).includes(unqualifiedArn(subject))) return "compared";
  return isConverged(view) ? "released" : "unknown";
}

function declaredObjects({ subject }: JudgedView): readonly string[] {
  const state = desiredOf(subject) ?? lastAppliedState(subject.record);
  if (state === null || (isBinding(state) && state.released === true)) return [];
  return isBinding(state) ? [state.role.arn, functionArn(state, state.functionName, null)] : [state.arn];
}

/** Since when: the drifts of objects that Git no longer declares and that this pass could not compare. They have not ended. */
export function uncomparedDrifts(
  view: JudgedView,
  openDrifts: OpenDrifts,
  startedAtMs: number,
): KeyRecord["driftSinceMs"] {
  const known = view.subject.record.driftSinceMs;
  const uncompared = Object.entries(openDrifts).filter(
    ([fingerprint, { comparedWith }]) =>
      comparedWith !== undefined && formerComparison(fingerprint, view) === "unknown",
  );
  return Object.fromEntries(
    uncompared.map(([fingerprint]) => [fingerprint, known[fingerprint] ?? startedAtMs]),
  );
}

/** Someone changed AWS while a change from Git waits, and this pass could not compare whether it lasts. */
export function mayStillBeChanged(view: JudgedView, openDrifts: OpenDrifts): boolean {
  const isUnknown = (drift: Drift): boolean =>
    drift.cause === "revision" &&
    drift.sinceApplied === undefined &&
    openDrifts[driftFingerprint(drift)]?.sinceApplied === "changed";
  return view.drifts.some(isUnknown) || Object.keys(uncomparedDrifts(view, openDrifts, 0)).length > 0;
}
