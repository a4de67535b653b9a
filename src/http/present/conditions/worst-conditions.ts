import type { Condition, KeyStatus } from "../../../model/status.ts";
import { byText } from "../../../text/order.ts";

/** The worst first: False, Unknown, True. */
const BADNESS = { False: 0, Unknown: 1, True: 2 } as const satisfies Record<Condition["status"], number>;
/** For these, True is the worst. */
const PRESENT_IS_WORSE: ReadonlySet<Condition["type"]> = new Set([
  "Reconciling",
  "Stalled",
  "Drifted",
  "Suspended",
  "Frozen",
]);

/** The conditions of an object, sorted by type: the worst of its bindings. If all are ready, the message of `Ready` counts those with its reason; otherwise the ready ones. */
export function worstConditions(statuses: readonly KeyStatus[]): readonly Condition[] {
  const all = statuses.flatMap(({ account, region, conditions }) =>
    conditions.map((condition) => ({ condition, place: region === null ? account : `${account}/${region}` })),
  );
  const types = [...new Set(all.map(({ condition }) => condition.type))].sort();
  return types.flatMap((type) => {
    const [worst] = all.filter(({ condition }) => condition.type === type).sort(byBadness);
    if (worst === undefined) return [];
    return [type === "Ready" ? readyOf(worst, statuses) : worst.condition];
  });
}

interface PlacedCondition {
  readonly condition: Condition;
  readonly place: string;
}

/**
 * Of equally bad conditions the oldest is first; if all are good, the newest. A binding that is only observed is before one
 * that matches Git: "reconciliation succeeded" would claim more than is true of both.
 */
function byBadness(a: PlacedCondition, b: PlacedCondition): number {
  const badness = badnessOf(a.condition) - badnessOf(b.condition);
  if (badness !== 0) return badness;
  const success = Number(isSuccess(a)) - Number(isSuccess(b));
  if (success !== 0) return success;
  const since = byText(a.condition.lastTransitionTime, b.condition.lastTransitionTime);
  if (since === 0) return byText(a.place, b.place);
  return badnessOf(a.condition) === BADNESS.True ? -since : since;
}

function isSuccess({ condition }: PlacedCondition): boolean {
  return condition.reason === "ReconciliationSucceeded";
}

function badnessOf({ type, status }: Condition): number {
  return PRESENT_IS_WORSE.has(type) ? BADNESS.True - BADNESS[status] : BADNESS[status];
}

function readyOf({ condition, place }: PlacedCondition, statuses: readonly KeyStatus[]): Condition {
  const bindings = `${statuses.length} ${statuses.length === 1 ? "binding" : "bindings"}`;
  if (condition.status !== "True") {
    const ready = statuses.filter((status) =>
      status.conditions.some(({ type, status: value }) => type === "Ready" && value === "True"),
    );
    const message = `${ready.length} of ${bindings} ready; ${place}: ${condition.message}`;
    return { ...condition, message };
  }
  const ofReason = statuses.filter(({ conditions }) =>
    conditions.some(({ type, reason }) => type === "Ready" && reason === condition.reason),
  );
  return { ...condition, message: `${ofReason.length} of ${bindings}` };
}
