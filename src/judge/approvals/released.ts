import type { RecentWrites } from "../../diff/drift/recent-writes.ts";
import type { AccountRecord } from "../../model/records/account-record.ts";
import { isSwitch, type Action } from "../../model/action.ts";
import type { Approval } from "../../model/approval.ts";
import type { KeyPlan } from "../../model/plan.ts";
import { wavesOf } from "../../model/records/wave-record.ts";
import type { ApprovalSubject } from "../../model/verdict.ts";
import { isApproved } from "./approved.ts";

interface ReleaseContext {
  /** null: it was not read. */
  readonly history: {
    readonly record: Pick<AccountRecord, "waves">;
    readonly approvals: readonly Approval[];
  } | null;
  readonly writes: RecentWrites;
  readonly nowMs: number;
}

/** What an operator approved for the action; null: no approval covers it. */
export function approvalOf(action: Action, context: ReleaseContext): ApprovalSubject | null {
  const { key } = action;
  const { history, nowMs } = context;
  const approval = (history?.approvals ?? []).find(
    (one) =>
      isOfOpenWave(one, context) &&
      !isUsed(one, [action], context) &&
      isApproved(key, { actions: [action] }, { approvals: [one], nowMs }),
  );
  return approval?.subject ?? null;
}

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
