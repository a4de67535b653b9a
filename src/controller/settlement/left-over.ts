import type { Drift } from "../../model/drift.ts";
import type { Judged, KeyOutcome, WriteOutcome } from "../pass/pass.ts";

/** A write that did not succeed; it ended its key's pass. */
export type FailedWrite = Exclude<WriteOutcome, { readonly kind: "applied" }>;

/** After the writes where there were some, else as judged. `revision` drifts count too: live is not yet as git says. */
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
 * The plan that is left: after the read-back where there was one. A plan that is held or refused is left as it was,
 * whatever its undo plan did.
 */
export function planAfter(judged: Judged, outcome: KeyOutcome): Judged["plan"] {
  if (judged.verdict.kind !== "allow" || outcome.kind !== "written") return judged.plan;
  return outcome.readBack.kind === "seen" ? outcome.readBack.plan : judged.plan;
}

export function failedWrite(outcome: KeyOutcome): FailedWrite | null {
  const last = outcome.kind === "written" ? outcome.writes.at(-1) : undefined;
  return last === undefined || last.kind === "applied" ? null : last;
}

/** No retry helps until something changes, or none has helped in its time. */
export function isTerminal(failure: FailedWrite): boolean {
  return (
    failure.error.facts.disposition.kind === "terminal" || (failure.kind === "failed" && failure.isOverdue)
  );
}
