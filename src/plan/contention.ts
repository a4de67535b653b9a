import type { Drift } from "../model/drift.ts";
import type { KeyRecord } from "../model/key-record.ts";
import type { FightLimits } from "./context.ts";

/** The name under which `KeyRecord.revertsMs` counts the reverts of a field. */
export function contentionKey(drift: Pick<Drift, "subject" | "change">): string {
  return `${drift.subject}#${drift.change.kind}`;
}

/** True when the field was reverted more often than is sensible: somebody else keeps setting it. */
export function isContended(
  drift: Drift,
  record: KeyRecord | null,
  limits: FightLimits,
  nowMs: number,
): boolean {
  const reverts = record?.revertsMs[contentionKey(drift)] ?? [];
  return reverts.filter((atMs) => nowMs - atMs < limits.windowMs).length > limits.max;
}
