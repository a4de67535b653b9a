import { isDeepStrictEqual } from "node:util";
import type { Judged } from "../../judge/judgement.ts";
import type { KeyView } from "../../model/answers/key-view.ts";
import type { KeyPlan } from "../../model/plan.ts";

/**
 * The same judgement, with the drift and the actions that are shown in the place of equal new ones: while a plan waits for
 * its approval, each pass computes it again, and memory then has it once instead of twice (8 MB of 1,000 new bindings).
 * The approvable parts stay, because the released actions are members of them.
 */
export function withSharedPlan(judged: Judged, shown: Pick<KeyView, "plan" | "drifts"> | undefined): Judged {
  if (shown === undefined) return judged;
  return {
    ...judged,
    drifts: shared(shown.drifts, judged.drifts),
    plan: sharedActions(shown.plan, judged.plan),
  };
}

function sharedActions(shown: KeyPlan | null, plan: KeyPlan): KeyPlan {
  if (shown === null || shown.digest !== plan.digest) return plan;
  return { ...plan, actions: shared(shown.actions, plan.actions) };
}

function shared<Value>(shown: Value, found: Value): Value {
  return isDeepStrictEqual(shown, found) ? shown : found;
}
