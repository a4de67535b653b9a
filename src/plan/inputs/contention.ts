import type { Drift } from "../../model/drift.ts";
import type { Withheld } from "../../model/plan.ts";
import type { PlanContext } from "./context.ts";
import { isExposure } from "./exposure.ts";

/** The name under which `KeyRecord.revertsMs` counts the reverts of a field. */
export function contentionKey(drift: Pick<Drift, "subject" | "change">): string {
  return `${drift.subject}#${drift.change.kind}`;
}

/** True if the field was reverted too often: something else keeps setting it. */
function isContended(drift: Drift, { record, contentionLimits, nowMs }: PlanContext): boolean {
  const reverts = record?.revertsMs[contentionKey(drift)] ?? [];
  return reverts.filter((atMs) => nowMs - atMs < contentionLimits.windowMs).length > contentionLimits.max;
}

interface UncontendedDrifts {
  readonly drifts: readonly Drift[];
  readonly contended: readonly Drift[];
  readonly withheld: readonly Withheld[];
}

/** The drifts to act on. Contended ones are withheld for an operator, except for escalation and exposure. */
export function withoutContended(drifts: readonly Drift[], context: PlanContext): UncontendedDrifts {
  const contended = drifts.filter(
    (drift) => drift.cause === "out-of-band" && isContended(drift, context) && !isExposure(drift, context),
  );
  if (contended.length === 0) return { drifts, contended, withheld: [] };
  return {
    drifts: drifts.filter((drift) => !contended.includes(drift)),
    contended,
    withheld: contended.map((drift) => ({
      kind: "contended",
      subject: drift.subject,
      reason: `${drift.change.kind} was reverted more than ${context.contentionLimits.max} times recently and keeps coming back`,
      fix: "find what sets it, then change Git or that tool",
    })),
  };
}
