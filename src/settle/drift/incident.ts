import { driftFingerprint, isChangedInAws, type Drift, type DriftEnd } from "../../model/drift.ts";
import type { KeyRecord, OpenDrift } from "../../model/keys/key-record.ts";
import type { EndedDrift } from "./ended-drifts.ts";
import type { JudgedView } from "../outcome/outcome.ts";
import { mayStillBeChanged } from "./since-applied.ts";

/** The alerts of one key: one incident from its first alerted drift until the last one has ended. */
export interface DriftIncident {
  /** null: none is open. */
  readonly sinceMs: number | null;
  /** Set if this pass ended it. */
  readonly ended: {
    readonly sinceMs: number;
    readonly how: DriftEnd;
    readonly lastCleanMs: number | null;
  } | null;
}

/**
 * The drifts that people are alerted to: changes in AWS of more than wording, in a binding that was compared before.
 * If nothing was ever applied (an account in observe mode), the change may also come from Git: then there is no alert. Nor
 * is there one to what may have been there since before it could be seen.
 */
export function alertedDrifts(
  record: KeyRecord,
  opened: readonly Drift[],
  isUnmovedInGit: () => boolean,
): readonly Drift[] {
  if (record.status === null) return [];
  return opened.filter(
    (drift) =>
      drift.tier !== "metadata" &&
      (isChangedInAws(drift) ||
        (drift.cause === "initial" && isUnmovedInGit() && drift.ofFirstRead !== true)),
  );
}

/**
 * Those that are alerted to before the pass reverts them: a revert may take minutes. Only what was certainly changed in
 * AWS: the rest is settled at the end of the pass.
 */
export function alertedBeforeWrites(record: KeyRecord, opened: readonly Drift[]): readonly Drift[] {
  return alertedDrifts(record, opened, () => false);
}

interface Moved {
  readonly alerted: readonly Drift[];
  readonly ended: readonly EndedDrift[];
  /** When the pass began. */
  readonly sinceMs: number;
  /** By fingerprint, including those that the pass found. */
  readonly openDrifts: Readonly<Record<string, OpenDrift>>;
}

/** A change from Git that is not applied yet, or drift from before the incident, does not keep the incident open. */
export function incidentAfter(
  view: JudgedView,
  { alerted, ended, sinceMs, openDrifts }: Moved,
): DriftIncident {
  const { record } = view.subject;
  const beganMs = record.incidentSinceMs ?? (alerted.length > 0 ? sinceMs : null);
  if (beganMs === null) return { sinceMs: null, ended: null };
  const isOpen =
    view.unread.length > 0 ||
    view.drifts.some((drift) => isAlerted(drift, record, beganMs)) ||
    mayStillBeChanged(view, openDrifts);
  if (isOpen) return { sinceMs: beganMs, ended: null };
  const how = (["released", "reverted", "applied"] as const).find((one) =>
    ended.some((drift) => drift.how === one),
  );
  const clean = ended.filter((drift) => drift.sinceMs >= beganMs).map(({ lastCleanMs }) => lastCleanMs);
  const known = clean.filter((ms) => ms !== null);
  const lastCleanMs = known.length === 0 || known.length < clean.length ? null : Math.min(...known);
  return { sinceMs: null, ended: { sinceMs: beganMs, how: how ?? "gone", lastCleanMs } };
}

function isAlerted(drift: Drift, record: KeyRecord, beganMs: number): boolean {
  if (drift.tier === "metadata" || drift.cause === "upstream") return false;
  if (drift.cause === "revision" && !isChangedInAws(drift)) return false;
  if (drift.ofFirstRead === true) return false;
  return (record.driftSinceMs[driftFingerprint(drift)] ?? beganMs) >= beganMs;
}
