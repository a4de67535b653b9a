import type { Rejection, Suspension } from "../../model/approval.ts";
import { canonicalText } from "../../model/values/digest.ts";
import type { Json } from "../../model/values/json.ts";
import { keyParts, type Key } from "../../model/keys/key.ts";
import type { KeyRecord } from "../../model/keys/key-record.ts";
import { lowerMode, type Mode } from "../../model/rules/mode.ts";
import { targetText } from "../../model/keys/target-text.ts";
import type { EffectiveState, PermissionState } from "../../model/answers/permission-state.ts";
import type { PermissionLine } from "../../model/answers/permission-line.ts";
import { appliedOf } from "../pass/subject.ts";
import type { KeyView } from "../ports/control.ts";
import type { AccountRecord } from "../ports/store.ts";
import type { AccountMemory, Enforced } from "../state.ts";
import { suspensionOf } from "../suspensions.ts";
import { declaredNow, declaredState, homeOf, indexOf, type State } from "./declared.ts";
import { isBinding } from "../../model/desired.ts";
import { effectivePolicy } from "./effective-policy.ts";
import { effectiveState } from "./effective.ts";
import { pendingChanges } from "./pending.ts";

export interface StateFacts {
  readonly key: Key;
  readonly enforced: Enforced | null;
  readonly memory: AccountMemory;
  readonly record: KeyRecord | null;
  readonly account: AccountRecord | null;
  /** The more cautious mode of process and account. */
  readonly mode: Mode;
  readonly suspensions: readonly Suspension[];
  readonly rejections: readonly Rejection[];
}

/** The declared, effective and pending permissions, computed on request from the results of the last pass. */
export function permissionState(facts: StateFacts): PermissionState {
  const { key, enforced, memory, record, account, suspensions, rejections } = facts;
  const declared = declaredState(key, enforced);
  const now = enforced === null ? null : declaredNow(key, enforced);
  const view = memory.views.get(key) ?? null;
  const applied = record === null ? null : appliedOf(record);
  const states = [
    ...(now === null ? [] : [{ state: now, isFormer: false }]),
    ...(applied === null ? [] : [{ state: applied, isFormer: true }]),
  ];
  const failing = account?.failing ?? null;
  const effective = effectiveOf({ view, memory, now, applied, states }, failing);
  return {
    key,
    declared,
    effective,
    pending: pendingChanges({
      view,
      declared,
      effective,
      isCompared: isCompared(view, now, declared.kind === "broken"),
      mode: now !== null && isBinding(now) ? lowerMode(facts.mode, now.mode) : facts.mode,
      suspension: suspensionOf(key, suspensions),
      rejections,
      conditions: record?.status?.conditions ?? [],
      failing,
      home: homeOf(key),
      target: targetText({ key, account: account?.name ?? keyParts(key).accountId }),
      names: indexOf(states),
      kept: view === null ? [] : keptStatements(effective, view),
    }),
  };
}

interface Known {
  readonly view: KeyView | null;
  readonly memory: AccountMemory;
  readonly now: State | null;
  readonly applied: State | null;
  readonly states: readonly { readonly state: State; readonly isFormer: boolean }[];
}

function effectiveOf(
  { view, memory, now, applied, states }: Known,
  failing: AccountRecord["failing"],
): EffectiveState {
  const reference = now ?? applied;
  const { live } = memory;
  if (view === null || live === null)
    return { kind: "unknown", reason: failing?.reason ?? memory.failure ?? "AWS was not read yet" };
  if (reference === null) return { kind: "unknown", reason: "nothing is declared or was applied" };
  const isInGit = now !== null || view.plan?.purpose === "undo";
  const failed =
    failing === null ? null : { since: new Date(failing.sinceMs).toISOString(), reason: failing.reason };
  const { readAt } = view;
  if (!isBinding(reference))
    return effectivePolicy({ reference, states, isInGit, live, readAt, failing: failed });
  if (view.readings === null)
    return { kind: "unknown", reason: view.unread[0] ?? "not read since it was declared" };
  return effectiveState({
    reference,
    states,
    isInGit,
    readings: view.readings,
    live,
    readAt,
    failing: failed,
    unread: view.unread,
  });
}

/** True if the last pass compared with the state that the accepted revision declares now. */
function isCompared(view: KeyView | null, now: State | null, isBroken: boolean): boolean {
  if (view === null) return false;
  if (now === null) return isBroken || view.plan === null || view.plan.purpose !== "converge";
  if (view.desired === null) return false;
  if (view.desired === now) return true;
  return canonicalText(view.desired as unknown as Json) === canonicalText(now as unknown as Json);
}

/** Undeclared statements that no action removes, with or without approval. */
function keptStatements(effective: EffectiveState, { plan, undo }: KeyView): readonly string[] {
  if (effective.kind !== "read") return [];
  const removals = [
    ...(plan?.actions ?? []),
    ...(plan?.approvable ?? []).flatMap(({ actions }) => actions),
    ...(undo?.actions ?? []),
  ];
  const removed = new Set(
    removals
      .filter(({ call }) => call === "lambda:RemovePermission")
      .map(({ input }) => input["StatementId"]),
  );
  const sids = effective.permissions.lines.flatMap((line) => sidOf(line));
  return [...new Set(sids)].filter((sid) => !removed.has(sid));
}

function sidOf({ place }: PermissionLine): readonly string[] {
  return place.kind === "statement" ? [place.sid ?? ""] : [];
}
