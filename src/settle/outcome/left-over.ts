import type { Drift } from "../../model/drift.ts";
import type { KeyOutcome, WriteOutcome } from "./outcome.ts";
import type { Judged } from "../../judge/judged.ts";

/** A write that did not succeed; it ended its key's pass. */
export type FailedWrite = Exclude<WriteOutcome, { readonly kind: "applied" }>;

/** The drifts after the writes, or as judged if there were none. Includes `revision` drifts: live does not match Git yet. */
export function remainingDrifts(outcome: KeyOutcome): readonly Drift[] {
  if (outcome.kind === "written")
    return outcome.readBack.kind === "seen" ? outcome.readBack.drifts : outcome.judged.drifts;
  return outcome.kind === "judged" ? outcome.judged.drifts : [];
}

/** Parts that could not be read, at the end of the outcome. */
export function unreadParts(outcome: KeyOutcome): readonly string[] {
  if (outcome.kind === "written")
    return outcome.readBack.kind === "seen" ? outcome.readBack.unread : outcome.judged.unread;
  return outcome.kind === "judged" ? outcome.judged.unread : [];
}

/**
 * The remaining plan: after the read-back if there was one. A plan that is held or refused stays unchanged, even if its
 * undo plan ran.
 */
export function planAfter(judged: Judged, outcome: KeyOutcome): Judged["plan"] {
  if (judged.verdict.kind !== "allow" || outcome.kind !== "written") return judged.plan;
  return outcome.readBack.kind === "seen" ? outcome.readBack.plan : judged.plan;
}

export function failedWrite(outcome: KeyOutcome): FailedWrite | null {
  const last = outcome.kind === "written" ? outcome.writes.at(-1) : undefined;
  return last === undefined || last.kind === "applied" ? null : last;
}

/** No retry helps until something changes, or none has helped within the deadline. */
export function isTerminal(failure: FailedWrite): boolean {
  return (
    failure.error.facts.disposition.kind === "terminal" || (failure.kind === "failed" && failure.isOverdue)
  );
}
