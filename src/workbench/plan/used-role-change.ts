import { compareUsedRole } from "../../diff/function/used-role.ts";
import { nameInArn } from "../../model/aws/arn.ts";
import { joinedDelta, netDelta, unitedDelta, type Delta } from "../../model/delta.ts";
import { isBinding } from "../../model/desired.ts";
import { liveFunction } from "../../model/live.ts";
import { limitNote, type UsedRole } from "../../model/keys/used-role.ts";
import type { KeyJudgement } from "../../judge/judgement.ts";
import type { JudgeContext } from "../../judge/inputs.ts";
import { desiredOf } from "../../judge/subject.ts";

/** What a plan shows of a new role: what it changes for the function, which has its permissions by another role now. */
interface UsedRoleChange {
  readonly delta: Delta;
  readonly notes: readonly string[];
}

/**
 * The permissions of a role that a plan creates are new to the role, and not to a function that has them already: they
 * are replaced by the differences to the role that $LATEST runs on, if that was read.
 */
export function usedRoleChange(
  { subject, plan, delta }: Pick<KeyJudgement, "subject" | "plan"> & { readonly delta: Delta },
  inputs: JudgeContext,
): UsedRoleChange {
  const state = desiredOf(subject);
  const created = plan.actions.find(({ call }) => call === "iam:CreateRole")?.target;
  if (created === undefined || state === null || !isBinding(state)) return { delta, notes: [] };
  const found = liveFunction(inputs.live, state.region, state.functionName);
  if (found.kind !== "present" || found.value.roleArn === state.role.arn) return { delta, notes: [] };
  const used = compareUsedRole(state, found.value.roleArn, inputs);
  const others = netDelta(
    plan.actions.filter(({ target }) => target !== created).map((action) => action.delta),
  );
  return { delta: changeOf(used, { delta, others }), notes: [noteOf(used), ...limitNotes(used)] };
}

function changeOf(used: UsedRole, deltas: { readonly delta: Delta; readonly others: Delta }): Delta {
  if (used.kind === "unknown") return deltas.delta;
  if (used.kind === "equal") return deltas.others;
  const { permissions, trust } = used.difference;
  return unitedDelta(joinedDelta([permissions, trust]), deltas.others);
}

function limitNotes(used: UsedRole): readonly string[] {
  return used.kind === "unknown" || used.limitedBy === undefined ? [] : [limitNote(used.limitedBy)];
}

function noteOf(used: UsedRole): string {
  const role = `role ${nameInArn(used.arn)}`;
  switch (used.kind) {
    case "equal":
      return `same permissions as ${role}, which the function uses now (proved)`;
    case "different":
      return `only the differences to ${role}, which the function uses now`;
    case "unknown":
      return `not compared with ${role}, which the function uses now: ${used.reason}`;
  }
}
