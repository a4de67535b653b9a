import { byText } from "../../text/order.ts";
import { type Action, planDigest, type KeyPlan, type Withheld } from "../../model/plan.ts";
import type { Key } from "../../model/keys/key.ts";
import type { PlanContext } from "../inputs/context.ts";
import { riskOf, type Draft, type Part } from "./draft.ts";
import { dueOf } from "./due.ts";
import { onlyNarrowing } from "./narrowing.ts";
import { byStep, stepNumber } from "./steps.ts";

interface Purpose {
  readonly key: Key;
  readonly purpose: KeyPlan["purpose"];
  /** Instants at which more will be known than now: the end of a grace after our own write, the end of a quiet time. */
  readonly wakeMs: readonly number[];
}

/** Orders the drafts by step (within a step in their own order) and computes when each is due. */
export function assemblePlan(
  planned: Part,
  { key, purpose, wakeMs }: Purpose,
  context: PlanContext,
): KeyPlan {
  const { refusedBy } = context;
  const part = refusedBy === null ? planned : onlyNarrowing(planned, refusedBy, context);
  const actions = orderedActions(part.drafts, key, context);
  const approvable = part.approvable.map(({ withheld, drafts }) => {
    const released = orderedActions(drafts, key, context);
    return { withheld, actions: released, digest: planDigest(key, { actions: released }) };
  });
  return {
    key,
    purpose,
    actions,
    approvable: approvable.map(({ withheld: { reason }, actions, digest }) => ({ reason, actions, digest })),
    withheld: sortedWithheld([
      ...part.withheld,
      ...approvable.map(({ withheld, digest }) => ({ ...withheld, approval: digest })),
    ]),
    digest: planDigest(key, { actions }),
    nextDueMs: nextDueMs(actions, wakeMs, context.nowMs),
  };
}

function orderedActions(drafts: readonly Draft[], key: Key, context: PlanContext): readonly Action[] {
  if (drafts.length === 0) return NONE;
  const ordered = drafts.toSorted(byStep);
  const writes = context.writes.byKey.get(key) ?? [];
  return ordered.map((draft, at) => ({
    key,
    step: stepNumber(draft.step),
    call: draft.call,
    input: draft.input,
    target: draft.target,
    before: draft.before,
    after: draft.after,
    risk: riskOf(draft),
    cause: draft.cause,
    destructive: draft.destructive,
    endsExposure: draft.endsExposure,
    due: dueOf(draft, { earlier: ordered.slice(0, at), writes }, context),
    delta: draft.delta,
    origin: draft.origin,
    ...(draft.limitedBy && { limitedBy: draft.limitedBy }),
  }));
}

/** Of nearly every key. */
const NONE: readonly Action[] = [];

function sortedWithheld(withheld: readonly Withheld[]): readonly Withheld[] {
  if (withheld.length < 2) return withheld;
  const byName = new Map(withheld.map((one) => [JSON.stringify([one.subject, one.kind, one.reason]), one]));
  return [...byName].sort(([a], [b]) => byText(a, b)).map(([, one]) => one);
}

function nextDueMs(actions: readonly Action[], wakeMs: readonly number[], nowMs: number): number | null {
  const instants = [
    ...actions.flatMap((action) => (action.due.kind === "at" ? [action.due.atMs] : [])),
    ...wakeMs,
  ].filter((atMs) => atMs > nowMs);
  return instants.length === 0 ? null : Math.min(...instants);
}
