import type { Condition, KeyStatus } from "../../model/status.ts";
import { byText } from "../../text/order.ts";

/** False before Unknown before True: what the worst of several says. */
const BADNESS = { False: 0, Unknown: 1, True: 2 } as const satisfies Record<Condition["status"], number>;
/** For these, True is what people must know. */
const PRESENT_IS_WORSE: ReadonlySet<Condition["type"]> = new Set([
  "Reconciling",
  "Stalled",
  "Drifted",
  "Suspended",
  "Frozen",
]);

/** The conditions of an object: of each type the worst of its bindings, `Ready` with how many are. Sorted by type. */
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

interface Placed {
  readonly condition: Condition;
  readonly place: string;
}

/** Equally bad ones: the one that has been so the longest; where all is well, the one that came last. */
function byBadness(a: Placed, b: Placed): number {
  const badness = badnessOf(a.condition) - badnessOf(b.condition);
  if (badness !== 0) return badness;
  const since = byText(a.condition.lastTransitionTime, b.condition.lastTransitionTime);
  if (since === 0) return byText(a.place, b.place);
  return badnessOf(a.condition) === BADNESS.True ? -since : since;
}

function badnessOf({ type, status }: Condition): number {
  return PRESENT_IS_WORSE.has(type) ? BADNESS.True - BADNESS[status] : BADNESS[status];
}

function readyOf({ condition, place }: Placed, statuses: readonly KeyStatus[]): Condition {
  const ready = statuses.filter((status) =>
    status.conditions.some(({ type, status: value }) => type === "Ready" && value === "True"),
  );
  const count = `${ready.length} of ${statuses.length} ${statuses.length === 1 ? "binding" : "bindings"}`;
  if (condition.status !== "True")
    return { ...condition, message: `${count}; ${place}: ${condition.message}` };
  if (ready.length === statuses.length) return { ...condition, message: count };
  return {
    ...condition,
    status: "Unknown",
    reason: "Progressing",
    message: `${count}; the others were not compared yet`,
  };
}
