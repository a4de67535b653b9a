import type { KeyRecord } from "../../model/keys/key-record.ts";
import type { JudgedView } from "../outcome/outcome.ts";
import { isConverged } from "../outcome/converged.ts";

interface AttemptFacts {
  /** Writes were about to be made in this pass. */
  readonly isAttempted: boolean;
  readonly nowMs: number;
}

/** Kept until the next attempt to write: a write that no read has confirmed may be half of a state. */
export function asAppliedAfter(
  view: JudgedView,
  { isAttempted, nowMs }: AttemptFacts,
): Pick<KeyRecord, "asAppliedMs"> {
  const { asAppliedMs } = view.subject.record;
  if (asAppliedMs !== undefined && !isAttempted) return { asAppliedMs };
  const isProven = isConverged(view) || (view.isAsApplied && view.subject.record.applied !== null);
  return isProven ? { asAppliedMs: nowMs } : {};
}

export function withoutAsApplied(record: KeyRecord): KeyRecord {
  const { asAppliedMs: _, ...rest } = record;
  return rest;
}
