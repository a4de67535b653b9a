import type { Action, KeyPlan } from "../model/plan.ts";
import type { Key } from "../model/keys/key.ts";
import { isDue } from "../plan/order/due.ts";
import { byStepNumber } from "../plan/order/steps.ts";
import { isUnread, orderedPlan } from "./approvals/ordered-undo.ts";
import { undoFinding } from "./plan-subject.ts";
import {
  hasUndoOrderEnded,
  isOfOrder,
  type OrderedUndo,
  stoppedBy,
  undoOrderOf,
} from "../model/keys/undo-order.ts";
import { modeOf, type Pass, type PassContext } from "./subject.ts";
import { liveDigest } from "./live-digest.ts";
import type { KeyJudgement, NotApplied } from "./judgement.ts";
import { suspensionOf } from "../model/keys/suspension-scope.ts";
import type { StalledPlan } from "../model/keys/key-record.ts";

/** The wait before a plan that AWS refused is retried: a cause that cannot be read from AWS may be gone. */
const STALLED_FOR_MS = 3_600_000;

/** The writes for a key now: the plan that applies to it, and the actions of the plan that may run. */
export type Choice =
  | {
      readonly kind: "run";
      readonly judged: KeyJudgement;
      readonly plan: KeyPlan;
      readonly actions: readonly Action[];
    }
  | { readonly kind: "skip"; readonly judged: KeyJudgement; readonly why: NotApplied };

type OpenIntents = ReadonlyMap<Key, { readonly seq: number }>;

/** Only mode, suspension, open intents and verdict decide. */
export function choose(judged: KeyJudgement, openIntents: OpenIntents, pass: PassContext): Choice {
  const { key, record } = judged.subject;
  const skip = (why: NotApplied): Choice => ({ kind: "skip", judged, why });
  const ordered = undoOrderOf(key, pass.suspensions);
  if (ordered !== null) return chooseUndo(judged, ordered, { openIntents, pass });
  if (modeOf(judged.subject, pass) === "observe") return skip({ kind: "observe" });
  const suspension = suspensionOf(key, pass.suspensions);
  if (suspension !== undefined) return skip({ kind: "suspended", suspension });
  const open = openIntents.get(key);
  if (open !== undefined) return skip({ kind: "open-intent", intent: open.seq });
  const plan = judged.verdict.kind === "allow" ? judged.plan : judged.undo;
  if (plan === null || !mayDelete(pass, plan)) return skip({ kind: "nothing-due" });
  const released = judged.verdict.kind === "refuse" ? [] : judged.released;
  const { stalled } = record;
  const isTriedAgain = released.length > 0 || pass.requestedKeys.has(key);
  if (stalled !== null && !isTriedAgain && isRefusedStill(stalled, plan, pass.nowMs)) {
    if (stalled.live === liveDigest(judged.subject, pass.live)) return skip({ kind: "stalled", stalled });
  }
  const actions = [...dueActions(plan.actions, pass.nowMs), ...released].toSorted(byStepNumber);
  return actions.length === 0 ? skip({ kind: "nothing-due" }) : { kind: "run", judged, plan, actions };
}

interface UndoInputs {
  readonly openIntents: OpenIntents;
  readonly pass: PassContext;
}

/**
 * An ordered undo is written in spite of its own suspension (of no other one), and of the mode of the manifest: Git may already
 * declare that it stays. Its calls were approved by their digest; no verdict on the declared state matters.
 */
function chooseUndo(judged: KeyJudgement, ordered: OrderedUndo, { openIntents, pass }: UndoInputs): Choice {
  const { subject } = judged;
  const skip = (why: NotApplied): Choice => ({ kind: "skip", judged, why });
  const { suspension } = ordered;
  const suspended = skip({ kind: "suspended", suspension });
  const { adoptionUndo: undo } = subject.record;
  if (isOfOrder(undo, ordered) && hasUndoOrderEnded(undo)) return suspended;
  const other = stoppedBy(subject.key, pass.suspensions);
  if (other !== null) return skip({ kind: "suspended", suspension: other });
  const open = openIntents.get(subject.key);
  if (open !== undefined) return skip({ kind: "open-intent", intent: open.seq });
  const finding = undoFinding(subject, pass);
  const plan = orderedPlan(finding, ordered);
  if (typeof plan === "string")
    return isUnread(finding) ? skip({ kind: "undo-waits", suspension, dueMs: null }) : suspended;
  const { stalled } = subject.record;
  const isRefused = stalled !== null && stalled.atMs >= Date.parse(suspension.at);
  if (isRefused && !pass.requestedKeys.has(subject.key) && isRefusedStill(stalled, plan, pass.nowMs))
    return skip({ kind: "stalled", stalled });
  const actions = dueActions(plan.actions, pass.nowMs);
  if (actions.length > 0) return { kind: "run", judged, plan, actions };
  return plan.nextDueMs === null
    ? suspended
    : skip({ kind: "undo-waits", suspension, dueMs: plan.nextDueMs });
}

function isRefusedStill(stalled: StalledPlan, plan: KeyPlan, nowMs: number): boolean {
  return stalled.digest === plan.digest && nowMs - stalled.atMs < STALLED_FOR_MS;
}

/** An unused object may be deleted only after listings that were read for this plan, never after older ones. */
function mayDelete(pass: Pass, plan: KeyPlan): boolean {
  return plan.purpose !== "delete" || pass.scope.kind === "all";
}

/**
 * The actions that may run now, in order: up to the first that waits for the propagation of earlier writes. A revert
 * that waits only for its grace period (`at`, out of band) does not block later actions: none depends on it.
 */
export function dueActions(actions: readonly Action[], nowMs: number): readonly Action[] {
  const due: Action[] = [];
  for (const action of actions) {
    if (isDue(action, nowMs)) due.push(action);
    else if (action.due.kind === "after-wait" || action.cause !== "out-of-band") break;
  }
  return due;
}
