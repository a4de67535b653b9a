import { driftFingerprint, driftRisks, type Drift } from "../../model/drift.ts";
import type { KeyRecord, OpenDrift } from "../../model/key-record.ts";
import type { Pass } from "../pass/pass.ts";

/** What is remembered of the differences that the record has, and of those that this pass found. */
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
 * The last complete read of the account before this pass, if the key was compared then: what this pass found first was not
 * there. null: nothing proves it, since the key is new or was not read then.
 */
function lastReadMs({ accountRecord }: Pass, { status, comparedSinceMs }: KeyRecord): number | null {
  const compared = comparedSinceMs ?? null;
  if (status === null || status.sync === "Unknown" || compared === null) return null;
  return Math.max(accountRecord.lastSweepMs ?? compared, compared);
}

/** Those that last. */
export function stillOpen(
  openDrifts: Readonly<Record<string, OpenDrift>>,
  sinceMs: KeyRecord["driftSinceMs"],
): Readonly<Record<string, OpenDrift>> {
  return Object.fromEntries(Object.entries(openDrifts).filter(([fingerprint]) => fingerprint in sinceMs));
}
