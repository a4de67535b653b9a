import { driftFingerprint, driftRisks, type Drift } from "../../model/drift.ts";
import type { KeyRecord, OpenDrift } from "../../model/keys/key-record.ts";
import type { Pass } from "../../judge/pass.ts";

/** The known facts of the recorded drifts and of the drifts that this pass found. */
export function openDriftsOf(
  pass: Pass,
  record: KeyRecord,
  opened: readonly Drift[],
): Readonly<Record<string, OpenDrift>> {
  const lastCleanMs = lastReadMs(pass, record);
  const found = opened.map(
    (drift) => [driftFingerprint(drift), { lastCleanMs, risks: driftRisks(drift) }] as const,
  );
  return { ...record.openDrifts, ...Object.fromEntries(found) };
}

/**
 * The last complete read of the account before this pass, if it compared the key: a drift that this pass found did not
 * exist then. null: there is no such read, since the key is new or was not read.
 */
function lastReadMs({ history }: Pass, { status, comparedSinceMs }: KeyRecord): number | null {
  const compared = comparedSinceMs ?? null;
  if (status === null || status.sync === "Unknown" || compared === null) return null;
  return Math.max(history.record.lastSweepMs ?? compared, compared);
}

/** The drifts that still exist. */
export function stillOpen(
  openDrifts: Readonly<Record<string, OpenDrift>>,
  sinceMs: KeyRecord["driftSinceMs"],
): Readonly<Record<string, OpenDrift>> {
  return Object.fromEntries(Object.entries(openDrifts).filter(([fingerprint]) => fingerprint in sinceMs));
}
