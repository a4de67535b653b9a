import type { RecentWrites } from "../../diff/drift/recent-writes.ts";
import { isDue } from "../../plan/order/due.ts";
import type { AccountRecord } from "../../model/records/account-record.ts";
import { isSwitch, type Action, type KeyPlan } from "../../model/plan.ts";
import { approvalOfPart, type Approval, type ApprovedPart } from "../../model/approval.ts";
import type { Key } from "../../model/keys/key.ts";
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
  const approval = approvalsFor(action.key, [action], context)[0];
  return approval?.subject ?? null;
}

/**
 * The approvable parts that an operator has approved, also those that may not run yet.
 * @param switchSinceMs since when the function is seen on the other role, without a break; null: it is not known
 */
export function approvedParts(
  { approvable, key }: Pick<KeyPlan, "approvable" | "key">,
  context: ReleaseContext,
  switchSinceMs: number | null,
): readonly ApprovedPart[] {
  return approvable.flatMap(({ actions, digest }): readonly ApprovedPart[] => {
    const [last] = approvalsFor(key, actions, context)
      .filter(({ at }) => !actions.some(isSwitch) || isSeenSince(switchSinceMs, Date.parse(at)))
      .toSorted((a, b) => Date.parse(b.expiresAt) - Date.parse(a.expiresAt));
    return last === undefined ? [] : [{ digest, by: last.actor, until: last.expiresAt }];
  });
}

function isSeenSince(switchSinceMs: number | null, approvedMs: number): boolean {
  return switchSinceMs !== null && switchSinceMs <= approvedMs;
}

/** The actions of approved parts that may run now. */
export function releasedActions(
  { approvable }: Pick<KeyPlan, "approvable">,
  approved: readonly ApprovedPart[],
  nowMs: number,
): readonly Action[] {
  return approvable
    .filter((part) => approvalOfPart(part, approved) !== null)
    .flatMap(({ actions }) => (mayRunApproved(actions, nowMs) ? actions : []));
}

/**
 * An approval of another change also ends its grace period. That of a switch does not end the waits for its role, which
 * must be complete in AWS, everywhere: the approval is about a function that keeps its permissions.
 */
export function mayRunApproved(actions: readonly Action[], nowMs: number): boolean {
  return !actions.some(isSwitch) || actions.every((action) => isDue(action, nowMs));
}

function approvalsFor(key: Key, actions: readonly Action[], context: ReleaseContext): readonly Approval[] {
  const { history, nowMs } = context;
  return (history?.approvals ?? []).filter(
    (approval) =>
      isOfOpenWave(approval, key, context) &&
      !isUsed(approval, actions, context) &&
      isApproved(key, { actions }, { approvals: [approval], nowMs }),
  );
}

/**
 * The approval of a wave ends when something stops the wave, or when a part of it changes: its subject is another one then.
 * For a function that was seen to have moved it has ended as well.
 */
function isOfOpenWave({ wave, subject }: Approval, key: Key, { history }: ReleaseContext): boolean {
  if (wave === undefined) return true;
  const { open } = wavesOf(history?.record.waves ?? {}, wave.namespace);
  if (open?.subject !== subject) return false;
  return open.members.some((member) => member.key === key && member.state === "waiting");
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
