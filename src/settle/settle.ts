import type { AwsError } from "../model/aws/aws-error.ts";
import { WAITING_FOR_FUNCTION } from "../diff/drift/context.ts";
import { isAtEdge } from "../diff/function/edge.ts";
import { arnParts, nameInArn } from "../model/aws/arn.ts";
import { type DesiredBinding, isBinding } from "../model/desired.ts";
import {
  liveFunction,
  liveRole,
  type BindingReadings,
  type LiveAccount,
  type LiveFunction,
} from "../model/live.ts";
import { canonicalText } from "../model/values/digest.ts";
import type { Json } from "../model/values/json.ts";
import type { Key } from "../model/keys/key.ts";
import { mapSteps, type Steps } from "../model/values/steps.ts";
import { desiredOf, appliedOf } from "../judge/subject.ts";
import { alertsOf } from "./alerts/alerts-of.ts";
import { denied, toConditions, unread } from "./conditions/conditions.ts";
import { failedWrite, planAfter, remainingDrifts, unreadParts } from "./outcome/left-over.ts";
import { holdsOf, orphansOf } from "./account/needs-people.ts";
import { isDenied } from "./conditions/ready.ts";
import { requeueOf, type Requeue } from "./requeue.ts";
import { settleAccount, settleFailedAccount } from "./account/settle-account.ts";
import { settleKey, type SettledKey } from "./key/settle-key.ts";
import type { SettleTime } from "./outcome/settle-time.ts";
import { suspensionOf } from "../model/keys/suspension-scope.ts";
import type { KeyRecord } from "../model/keys/key-record.ts";
import { type KeyOutcome, type PassResult, subjectOfOutcome } from "./outcome/outcome.ts";
import type { Hold } from "../model/answers/hold.ts";
import type { KeyView } from "../model/answers/key-view.ts";
import type { Orphan } from "../model/answers/orphan.ts";
import type { Settlement } from "./settlement.ts";

/** All consequences of a pass: the record, the memory, and when each key is due again. */
export interface Settled {
  readonly settlement: Settlement;
  readonly requeue: readonly Requeue[];
  readonly views: ReadonlyMap<Key, KeyView>;
  readonly holds: readonly Hold[];
  readonly orphans: readonly Orphan[];
  readonly attempts: ReadonlyMap<Key, number>;
  /** Why the account could not be read; null if it was read. */
  readonly failure: string | null;
}

export interface SettleContext extends SettleTime {
  /** Consecutive failed attempts before this pass, by key. */
  readonly attempts: ReadonlyMap<Key, number>;
  /** 0 ≤ x < 1, a new value for each call: jitter. */
  readonly random: () => number;
  /** Views of keys that were not part of this pass. */
  readonly views: ReadonlyMap<Key, KeyView>;
  readonly orphans: readonly Orphan[];
}

/** Computes all consequences of a pass. The only place that decides conditions, requeue, audit and alerts. */
export function* settle(result: PassResult, context: SettleContext): Steps<Settled> {
  return result.kind === "failed" ? settleFailure(result, context) : yield* settleDone(result, context);
}

function* settleDone(
  result: Extract<PassResult, { readonly kind: "done" }>,
  context: SettleContext,
): Steps<Settled> {
  const { pass, live, swept, outcomes, writes, recorded } = result;
  const keys = yield* mapSteps(outcomes, (outcome) => {
    const isUnmovedInGit = (): boolean => isUnmoved(outcome, context.views);
    return settleKey(pass, outcome, { live, writes, swept, recorded, isUnmovedInGit }, context);
  });
  const views = yield* viewsAfter(result, context);
  const holds = holdsOf(pass, [...views.values()], context.nowMs);
  yield;
  const orphans = swept ? orphansOf(pass, live, keys, context.nowIso) : context.orphans;
  const account = settleAccount(result, holds, context);
  const isChanged = yield* mapSteps(keys, changed);
  return {
    settlement: {
      facts: [...keys.flatMap((key) => key.facts), ...account.facts],
      change: {
        keys: keys.flatMap((key, at) => (key.record === null || isChanged[at] !== true ? [] : [key.record])),
        removedKeys: keys
          .filter((key) => key.record === null)
          .map((key) => subjectOfOutcome(key.outcome).key),
        accounts: [account.record],
        endedRejections: endedRejections(result, holds),
      },
      alerts: alertsOf(pass, keys, holds, context),
    },
    ...requeueOf(result, context),
    views,
    holds,
    orphans,
    failure: null,
  };
}

/** A rejection ends when its plan changes. If something was not read, the plan is not known to have changed. */
function endedRejections(
  { pass, outcomes }: Extract<PassResult, { readonly kind: "done" }>,
  holds: readonly Hold[],
): readonly string[] {
  if (outcomes.some(({ kind }) => kind === "unknown")) return [];
  const held = new Set<string>(holds.map(({ subject }) => subject));
  return pass.rejections
    .filter(({ accountId, subject }) => accountId === pass.account.id && !held.has(subject))
    .map(({ subject }) => subject);
}

/** True if Git declares for the key what the last pass compared with; false if this process has not compared it yet. */
function isUnmoved(outcome: KeyOutcome, views: SettleContext["views"]): boolean {
  const subject = subjectOfOutcome(outcome);
  const [then, now] = [views.get(subject.key)?.desired ?? null, desiredOf(subject)];
  if (then === null || now === null) return false;
  return then === now || canonicalText(then as unknown as Json) === canonicalText(now as unknown as Json);
}

/** The account-wide reads failed: the only conclusion about its keys is that they could not be read. */
function settleFailure(
  result: Extract<PassResult, { readonly kind: "failed" }>,
  context: SettleContext,
): Settled {
  const { pass, error } = result;
  const account = settleFailedAccount(pass, error, context);
  const keys = [...pass.records.values()].flatMap((record): readonly KeyRecord[] => {
    if (record.status === null) return [];
    const suspension = suspensionOf(record.key, pass.suspensions);
    const assessment = isDenied(error) ? denied(error, suspension) : unread(error.message, suspension);
    const conditions = toConditions(assessment, record.status.conditions, context.nowIso);
    return [
      { ...record, status: { ...record.status, sync: "Unknown", health: assessment.health, conditions } },
    ];
  });
  return {
    settlement: {
      facts: account.facts,
      change: { keys, accounts: [account.record] },
      alerts: account.alerts,
    },
    ...requeueOf(result, context),
    views: context.views,
    holds: holdsOf(pass, [...context.views.values()], context.nowMs),
    orphans: context.orphans,
    failure: error.message,
  };
}

function changed(key: SettledKey): boolean {
  const before = subjectOfOutcome(key.outcome).record;
  return JSON.stringify(before) !== JSON.stringify(key.record);
}

function* viewsAfter(
  result: Extract<PassResult, { readonly kind: "done" }>,
  context: SettleContext,
): Steps<ReadonlyMap<Key, KeyView>> {
  const { pass, live, outcomes } = result;
  const kept = pass.scope.kind === "all" ? [] : [...context.views];
  const views = new Map(kept);
  for (const outcome of outcomes) {
    views.set(subjectOfOutcome(outcome).key, viewOf(outcome, live));
    yield;
  }
  return views;
}

function functionRole(roleArn: string, live: LiveAccount): KeyView["functionRole"] {
  return arnParts(roleArn).accountId === live.accountId ? liveRole(live, nameInArn(roleArn)).kind : null;
}

function shownFunction(binding: DesiredBinding, live: LiveAccount): LiveFunction | null {
  const found = liveFunction(live, binding.region, binding.functionName);
  return found.kind === "present" ? { ...found.value, edge: isAtEdge(binding, found.value, live) } : null;
}

function viewOf(outcome: KeyOutcome, live: LiveAccount): KeyView {
  const subject = subjectOfOutcome(outcome);
  const state = desiredOf(subject) ?? appliedOf(subject.record);
  const role = state !== null && isBinding(state) ? live.roles.get(state.role.name.toLowerCase()) : undefined;
  const found = state !== null && isBinding(state) ? shownFunction(state, live) : null;
  const judged = outcome.kind === "judged" || outcome.kind === "written" ? outcome.judged : null;
  return {
    key: subject.key,
    desired: state,
    drifts: remainingDrifts(outcome),
    // The conditions already show that the function does not exist.
    notes: (judged?.notes ?? []).filter((note) => note !== WAITING_FOR_FUNCTION),
    findings: judged?.findings ?? [],
    plan: judged === null ? null : planAfter(judged, outcome),
    verdict: judged?.verdict ?? { kind: "allow" },
    liveRole: role?.kind === "present" ? role.value : null,
    liveFunction: found,
    functionRole: found === null ? null : functionRole(found.roleArn, live),
    readings: state !== null && isBinding(state) ? bindingReadings(state, live) : null,
    unread: unreadOf(outcome),
    undo: judged?.undo ?? null,
    obstacle: obstacleOf(outcome),
    readAt: new Date(live.observedAtMs).toISOString(),
  };
}

function bindingReadings(binding: DesiredBinding, live: LiveAccount): BindingReadings {
  const found = liveFunction(live, binding.region, binding.functionName);
  const arn = found.kind === "present" ? found.value.roleArn : binding.role.arn;
  return {
    declaredRole: liveRole(live, binding.role.name),
    function: found,
    otherRole: arn === binding.role.arn ? null : liveRole(live, nameInArn(arn)),
  };
}

function unreadOf(outcome: KeyOutcome): readonly string[] {
  if (outcome.kind === "unknown") return [outcome.reason];
  const readBack =
    outcome.kind === "written" && outcome.readBack.kind === "not-read" ? outcome.readBack : null;
  return [
    ...unreadParts(outcome),
    ...(readBack === null ? [] : [`AWS was not read after the last write: ${readBack.reason}`]),
  ];
}

function obstacleOf(outcome: KeyOutcome): KeyView["obstacle"] {
  if (outcome.kind === "written") return obstacleOfError(failedWrite(outcome)?.error);
  if (outcome.kind !== "judged") return null;
  const { notApplied } = outcome;
  const because = (reason: string): KeyView["obstacle"] => ({ reason, missing: null });
  switch (notApplied.kind) {
    case "stalled":
      return because(notApplied.stalled.message);
    case "read-failed":
      return obstacleOfError(notApplied.error);
    case "dependency":
      return because(`waits for ${notApplied.policy}`);
    case "open-intent":
      return because(`the result of write ${notApplied.intent} is not known yet`);
    case "changed-meanwhile":
    case "cut-short":
    case "nothing-due":
    case "observe":
    case "suspended":
      return null;
  }
}

function obstacleOfError(error: AwsError | undefined): KeyView["obstacle"] {
  if (error === undefined) return null;
  return { reason: error.message, missing: error.facts.denial?.action ?? null };
}
