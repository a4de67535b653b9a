import type { Action } from "../model/action.ts";
import type { Key } from "../model/keys/key.ts";
import type { KeyPlan } from "../model/plan.ts";
import { isDue } from "../plan/order/due.ts";
import { byStepNumber } from "../plan/order/steps.ts";
import { modeOf } from "./subject.ts";
import { liveDigest } from "./live-digest.ts";
import type { Judged, NotApplied } from "./judgement.ts";
import type { Pass, PassContext } from "./pass.ts";
import { suspensionOf } from "../model/keys/suspension-scope.ts";
import type { StalledPlan } from "../model/keys/key-record.ts";

/** The wait before a plan that AWS refused is retried: a cause that cannot be read from AWS may be gone. */
const STALLED_FOR_MS = 3_600_000;

/** The writes for a key now: the plan that applies to it, and the actions of the plan that may run. */
export type Choice =
  | {
      readonly kind: "run";
      readonly judged: Judged;
      readonly plan: KeyPlan;
      readonly actions: readonly Action[];
    }
  | { readonly kind: "skip"; readonly judged: Judged; readonly why: NotApplied };

/** Only mode, suspension, open intents and verdict decide. */
export function choose(
  judged: Judged,
  openIntents: ReadonlyMap<Key, { readonly seq: number }>,
  pass: PassContext,
): Choice {
  const { key, record } = judged.subject;
  const skip = (why: NotApplied): Choice => ({ kind: "skip", judged, why });
  if (modeOf(judged.subject, pass) === "observe") return skip({ kind: "observe" });
  const suspension = suspensionOf(key, pass.suspensions);
  if (suspension !== undefined) return skip({ kind: "suspended", suspension });
  const open = openIntents.get(key);
  if (open !== undefined) return skip({ kind: "open-intent", intent: open.seq });
  const plan = judged.verdict.kind === "allow" ? judged.plan : judged.undo;
  if (plan === null || !mayDelete(pass, plan)) return skip({ kind: "nothing-due" });
  const released = judged.verdict.kind === "refuse" ? [] : judged.released;
  const { stalled } = record;
  const isTriedAgain = released.length > 0 || pass.asked.has(key);
  if (stalled !== null && !isTriedAgain && isRefusedStill(stalled, plan, pass.nowMs)) {
    if (stalled.live === liveDigest(judged.subject, pass.live)) return skip({ kind: "stalled", stalled });
  }
  const actions = [...dueActions(plan.actions, pass.nowMs), ...released].toSorted(byStepNumber);
  return actions.length === 0 ? skip({ kind: "nothing-due" }) : { kind: "run", judged, plan, actions };
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
