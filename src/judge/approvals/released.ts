import { isSwitch, type Action } from "../../model/action.ts";
import type { Approval } from "../../model/approval.ts";
import type { KeyPlan } from "../../model/plan.ts";
import type { JudgeContext } from "../inputs.ts";
import { wavesOf } from "../../model/records/wave-record.ts";
import { isApproved } from "./approved.ts";

type ReleaseContext = Pick<JudgeContext, "history" | "writes" | "nowMs">;

/** The actions of the approvable parts that an operator has approved. */
export function releasedActions(
  { approvable, key }: Pick<KeyPlan, "approvable" | "key">,
  context: ReleaseContext,
): readonly Action[] {
  const { history, nowMs } = context;
  const inForce = (history?.approvals ?? []).filter((approval) => isOfOpenWave(approval, context));
  return approvable.flatMap(({ actions }) => {
    const approvals = inForce.filter((approval) => !isUsed(approval, actions, context));
    return isApproved(key, { actions }, { approvals, nowMs }) ? actions : [];
  });
}

/** The approval of a wave ends when something stops the wave, or when a part of it changes: its subject is another one then. */
function isOfOpenWave({ wave, subject }: Approval, { history }: ReleaseContext): boolean {
  if (wave === undefined) return true;
  const { open } = wavesOf(history?.record.waves ?? {}, wave.namespace);
  return open?.subject === subject;
}

/** An approval switches a function once: who sets it back afterwards is not overruled by it. */
function isUsed({ at }: Approval, actions: readonly Action[], { writes }: ReleaseContext): boolean {
  const approvedMs = Date.parse(at);
  return actions
    .filter(isSwitch)
    .some(({ key, target, call }) =>
      (writes.byKey.get(key) ?? []).some(
        (write) => write.call === call && write.target === target && write.atMs >= approvedMs,
      ),
    );
}
