import { ADOPTION_STATES } from "../model/keys/adoption.ts";
import { accountIdOf, type Key } from "../model/keys/key.ts";
import { confirmedDrifts } from "../model/drift.ts";
import type { Hold } from "../model/answers/hold.ts";
import type { KeyView } from "../model/answers/key-view.ts";
import type { DesiredAccount } from "../model/desired.ts";
import type { Telemetry } from "./ports/telemetry.ts";
import type { AccountMemory } from "./state/account-memory.ts";
import type { ControllerState } from "./state/controller-state.ts";

/** Each key is in exactly one of them. */
const STATES = ["synced", "drifted", "pending", "unknown", "not_compared"] as const;

/**
 * The gauges of the keys of one account. They count no comparison with an earlier declaration, and no earlier reading of an
 * account that cannot be read now. Before its first pass there is nothing to count.
 */
export function measureBindings(
  { id, name: account }: Pick<DesiredAccount, "id" | "name">,
  state: Pick<ControllerState, "account" | "uncompared">,
  telemetry: Pick<Telemetry, "gauge">,
): void {
  const memory = state.account(id);
  if (memory.live === null) return;
  const { views } = memory;
  const awaiting = keysAwaiting(memory);
  const uncompared = [...state.uncompared.keys()].filter((key) => accountIdOf(key) === id);
  const keys = new Set<Key>([...views.keys(), ...uncompared]);
  const isCurrent = (key: Key): boolean => !state.uncompared.has(key);
  const states = [...keys].map((key) => (isCurrent(key) ? stateOf(views.get(key), memory) : "not_compared"));
  for (const one of STATES)
    telemetry.gauge("bindings", states.filter((found) => found === one).length, { account, state: one });
  const [current, before] = [true, false].map((is) =>
    [...views.values()].filter(({ key }) => isCurrent(key) === is),
  );
  for (const [one, count] of Object.entries(verdicts(current ?? [], awaiting)))
    telemetry.gauge("binding_verdicts", count, { account, state: one });
  for (const [one, count] of Object.entries(foundBefore(before ?? [], awaiting)))
    telemetry.gauge("uncompared_bindings", count, { account, state: one });
  const stages = [...views.values()].map(({ key, adoption }) =>
    adoption === null || isCurrent(key) ? adoption : "unknown",
  );
  for (const one of ADOPTION_STATES) {
    const count = stages.filter((stage) => stage === one).length;
    telemetry.gauge("adoption_bindings", count, { account, state: one });
  }
}

function stateOf(
  view: KeyView | undefined,
  { failure, fault }: AccountMemory,
): Exclude<(typeof STATES)[number], "not_compared"> {
  if (view === undefined || view.plan === null || failure !== null || fault !== null) return "unknown";
  if (isDrifted(view)) return "drifted";
  return view.drifts.length > 0 ? "pending" : "synced";
}

function isDrifted({ drifts }: KeyView): boolean {
  return confirmedDrifts(drifts).length > 0;
}

const WITHOUT_ANSWER: ReadonlySet<Hold["code"]> = new Set([
  "wave-member",
  "verdict-changed",
  "change-window",
  "account-order",
  "depends-on",
]);

/**
 * The keys of pending approvals: of plans, and of a single part of a plan, such as the switch of a function's role. The switch
 * of a function in a wave waits for its wave, a stricter verdict has a state of its own, and what waits for a change window or a function waits by itself.
 */
function keysAwaiting({ holds, rejected }: AccountMemory): ReadonlySet<Key> {
  const open = holds.filter(({ subject }) => !rejected.has(subject));
  const plans = open.filter(({ code }) => !WITHOUT_ANSWER.has(code));
  return new Set(plans.flatMap(({ keys }) => keys));
}

/** What waits for a person. The end of a read does not answer it. */
function verdicts(
  views: readonly KeyView[],
  awaiting: ReadonlySet<Key>,
): Readonly<Record<"held" | "refused" | "stricter", number>> {
  const { held, refused } = foundBefore(views, awaiting);
  return { held, refused, stricter: views.filter(({ stricter }) => stricter !== null).length };
}

/** What the last pass found. An alert about it continues until a pass has compared what Git declares now. */
function foundBefore(
  views: readonly KeyView[],
  awaiting: ReadonlySet<Key>,
): Readonly<Record<"drifted" | "held" | "refused", number>> {
  return {
    drifted: views.filter((view) => view.plan !== null && isDrifted(view)).length,
    held: views.filter(({ key }) => awaiting.has(key)).length,
    refused: views.filter(({ verdict }) => verdict.kind === "refuse").length,
  };
}
