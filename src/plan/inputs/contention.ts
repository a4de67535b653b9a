import type { Drift } from "../../model/drift.ts";
import type { KeyRecord } from "../../model/keys/key-record.ts";
import type { Withheld } from "../../model/plan.ts";
import type { FightLimits, PlanContext } from "./context.ts";
import { isExposure } from "./exposure.ts";

/** The name under which `KeyRecord.revertsMs` counts the reverts of a field. */
export function contentionKey(drift: Pick<Drift, "subject" | "change">): string {
  return `${drift.subject}#${drift.change.kind}`;
}

/** True when the field was reverted more often than is sensible: somebody else keeps setting it. */
function isContended(drift: Drift, record: KeyRecord | null, limits: FightLimits, nowMs: number): boolean {
  const reverts = record?.revertsMs[contentionKey(drift)] ?? [];
  return reverts.filter((atMs) => nowMs - atMs < limits.windowMs).length > limits.max;
}

/** What is left to do of the drifts; a contended one is left to people. Escalation and exposure never are. */
export function standDown(
  drifts: readonly Drift[],
  context: PlanContext,
): { readonly drifts: readonly Drift[]; readonly withheld: readonly Withheld[] } {
  const contended = drifts.filter(
    (drift) =>
      drift.cause === "out-of-band" &&
      isContended(drift, context.record, context.fights, context.nowMs) &&
      !isExposure(drift, context),
  );
  if (contended.length === 0) return { drifts, withheld: [] };
  return {
    drifts: drifts.filter((drift) => !contended.includes(drift)),
    withheld: contended.map((drift) => ({
      kind: "contended",
      subject: drift.subject,
      reason: `${drift.change.kind} was reverted more than ${context.fights.max} times lately and keeps coming back`,
      fix: "find out who sets it, then change git or them",
    })),
  };
}
