import { canonicalText } from "../model/values/digest.ts";
import type { Json } from "../model/values/json.ts";
import type { Key } from "../model/keys/key.ts";
import { mapSteps, type Steps } from "../model/values/steps.ts";
import { alertsOf } from "./alerts/pass-alerts.ts";
import { denied, toConditions, assessUnread } from "./conditions/conditions.ts";
import { verifiedBefore } from "./conditions/key-status.ts";
import { requeueOf, type Requeue } from "./requeue.ts";
import { settleAccount, settleFailedAccount } from "./account/settle-account.ts";
import { withUnreadAdoption } from "./adoption/settle-adoption.ts";
import { settleKey, type SettledKey } from "./key/settle-key.ts";
import type { SettleTime } from "./outcome/settle-time.ts";
import { suspensionOf } from "../model/keys/suspension-scope.ts";
import type { KeyRecord } from "../model/keys/key-record.ts";
import { type DonePass, type PassResult, isDenied, outcomeView } from "./outcome/outcome.ts";
import type { Hold } from "../model/answers/hold.ts";
import type { KeyView } from "../model/answers/key-view.ts";
import { NO_LIVE_RULES, type LiveRules } from "../model/answers/live-rules.ts";
import type { Orphan } from "../model/answers/orphan.ts";
import type { Settlement } from "./settlement.ts";
import { changedRecords } from "./key/changed-records.ts";
import { keyView } from "./key/key-view.ts";
import { type Subject, desiredOf, type Pass } from "../judge/subject.ts";
import { holdsOf, partFacts, stricterFacts } from "./account/holds.ts";
import { readyDependents } from "./account/ready-dependents.ts";
import { orphansOf } from "./account/orphans.ts";
import { accountWaves } from "./waves/account-waves.ts";
import { waitingAlerts } from "./alerts/waiting-alerts.ts";
import { waveAlerts, waveFacts } from "./waves/wave-facts.ts";

/** All consequences of a pass: the record, the memory, and when each key is due again. */
export interface PassSettlement {
  readonly settlement: Settlement;
  readonly requeue: readonly Requeue[];
  readonly views: ReadonlyMap<Key, KeyView>;
  readonly holds: readonly Hold[];
  readonly orphans: readonly Orphan[];
  /** Consecutive failed attempts, by key; forgotten on success. */
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
  /** Since when a change that waits is an alert; 0: never. */
  readonly longWaitMs: number;
  /** By key: what the rules find in AWS apart from Git. A key that is not in it has no difference that rules judge. */
  readonly liveRules: ReadonlyMap<Key, LiveRules>;
  /** The names of what people were alerted to and what has not ended, of those that the pass may end (`endingIncidents`). */
  readonly openIncidents: ReadonlySet<string>;
}

/** Computes all consequences of a pass. The only place that decides conditions, requeue, audit and alerts. */
export function* settle(result: PassResult, context: SettleContext): Steps<PassSettlement> {
  return result.kind === "failed" ? settleFailure(result, context) : yield* settleDone(result, context);
}

function* settleDone(result: DonePass, context: SettleContext): Steps<PassSettlement> {
  const { pass, live, swept, outcomes } = result;
  const outcomeViews = outcomes.map((outcome) => outcomeView(outcome, pass.suspensions));
  const settled = yield* mapSteps(outcomeViews, (view) => {
    const isUnmovedInGit = (): boolean => isUnmoved(view.subject, context.views);
    return settleKey(view, { ...result, ...context, isUnmovedInGit });
  });
  const shown = yield* mapSteps(settled, ({ view, record, usedRoles }) => {
    const rules = context.liveRules.get(view.subject.key) ?? NO_LIVE_RULES;
    return keyView(view, { live, rules, usedRoles, adoption: record?.status?.adoption?.state ?? null });
  });
  const kept = pass.scope.kind === "all" ? [] : [...context.views];
  const views = new Map([...kept, ...shown.map((view) => [view.key, view] as const)]);
  const waves = accountWaves(result, [...views.values()], { keys: settled, nowMs: context.nowMs });
  yield;
  const holds = holdsOf(pass, [...views.values()], { nowMs: context.nowMs, waves });
  const keys = settled.map((key) => withStricterFacts(key, holds, pass));
  yield;
  const account = settleAccount({ ...result, views: outcomeViews, waves }, holds, context);
  const ofWaves = waveFacts(pass, waves);
  const facts = [
    ...keys.flatMap((key) => key.facts),
    ...partFacts(outcomeViews, holds, pass),
    ...ofWaves,
    ...account.facts,
  ];
  const alerts = [
    ...alertsOf({ result, ...context }, keys, holds),
    ...waitingAlerts(result, holds, context),
    ...waveAlerts(ofWaves),
  ];
  return {
    settlement: {
      facts,
      change: {
        keys: yield* changedRecords(keys, { ...result, facts, alerts }),
        removedKeys: keys.filter(({ record }) => record === null).map(({ view }) => view.subject.key),
        accounts: [account.record],
        endedRejections: endedRejections(result, holds),
      },
      alerts,
      accountName: pass.account.name,
    },
    ...withDependents(requeueOf(outcomeViews, pass.account, context), {
      ready: readyDependents(result, holds, keys),
      nowMs: context.nowMs,
    }),
    views,
    holds,
    orphans: swept ? orphansOf(result, keys, context) : context.orphans,
    failure: null,
  };
}

/** A function whose dependencies are in sync since this pass is written in the next one, and not only after the next complete read. */
function withDependents<Queue extends Pick<PassSettlement, "requeue">>(
  queue: Queue,
  { ready, nowMs }: { readonly ready: readonly Key[]; readonly nowMs: number },
): Queue {
  return ready.length === 0
    ? queue
    : { ...queue, requeue: [...queue.requeue, ...ready.map((key) => ({ key, dueMs: nowMs }))] };
}

/** The pending approvals of the entire account name what each key waits for. */
function withStricterFacts(key: SettledKey, holds: readonly Hold[], pass: Pass): SettledKey {
  const facts = stricterFacts(key.view, holds, pass);
  return facts.length === 0 ? key : { ...key, facts: [...key.facts, ...facts] };
}

/** A rejection ends when its plan changes. If something was not read, the plan is not known to have changed. */
function endedRejections({ pass, outcomes }: DonePass, holds: readonly Hold[]): readonly string[] {
  if (outcomes.some(({ kind }) => kind === "unknown")) return [];
  const held = new Set<string>(holds.map(({ subject }) => subject));
  return pass.rejections
    .filter(({ accountId, subject }) => accountId === pass.account.id && !held.has(subject))
    .map(({ subject }) => subject);
}

/** True if Git declares for the key what the last pass compared with; false if this process has not compared it yet. */
function isUnmoved(subject: Subject, views: SettleContext["views"]): boolean {
  const [then, now] = [views.get(subject.key)?.desired ?? null, desiredOf(subject)];
  if (then === null || now === null) return false;
  return then === now || canonicalText(then as unknown as Json) === canonicalText(now as unknown as Json);
}

/** The account-wide reads failed: the only conclusion about its keys is that they could not be read. */
function settleFailure(
  { pass, error }: Extract<PassResult, { readonly kind: "failed" }>,
  context: SettleContext,
): PassSettlement {
  const account = settleFailedAccount(pass, error, context);
  const keys = [...pass.records.values()].flatMap((record): readonly KeyRecord[] => {
    if (record.status === null) return [];
    const suspension = suspensionOf(record.key, pass.suspensions);
    const assessment = isDenied(error) ? denied(error, suspension) : assessUnread(error.message, suspension);
    const conditions = toConditions(assessment, record.status.conditions, context.nowIso);
    const status = {
      ...record.status,
      sync: "Unknown",
      health: assessment.health,
      conditions,
      verifiedUntil: verifiedBefore(record.status, pass),
    } as const;
    return [withUnreadAdoption({ ...record, status }, error.message, context.nowMs)];
  });
  return {
    settlement: {
      facts: account.facts,
      change: { keys, accounts: [account.record] },
      alerts: account.alerts,
    },
    requeue: [],
    attempts: context.attempts,
    views: new Map([...context.views].map(([key, view]) => [key, withUnreadStage(view)])),
    holds: holdsOf(pass, [...context.views.values()], {
      nowMs: context.nowMs,
      waves: pass.history.record.waves ?? {},
    }),
    orphans: context.orphans,
    failure: error.message,
  };
}

function withUnreadStage(view: KeyView): KeyView {
  return view.adoption === null ? view : { ...view, adoption: "unknown" };
}
