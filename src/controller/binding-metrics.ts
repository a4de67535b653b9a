import { ADOPTION_STATES } from "../model/keys/adoption.ts";
import { accountIdOf, type Key } from "../model/keys/key.ts";
import type { KeyView } from "../model/answers/key-view.ts";
import type { DesiredAccount } from "../model/desired.ts";
import type { Telemetry } from "./ports/telemetry.ts";
import type { AccountMemory, ControllerState } from "./state/controller-state.ts";

/** Each key is in exactly one of them. */
const STATES = ["synced", "drifted", "unknown", "not_compared"] as const;

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
  const uncompared = [...state.uncompared.keys()].filter((key) => accountIdOf(key) === id);
  const keys = new Set<Key>([...views.keys(), ...uncompared]);
  const isCurrent = (key: Key): boolean => !state.uncompared.has(key);
  const states = [...keys].map((key) => (isCurrent(key) ? stateOf(views.get(key), memory) : "not_compared"));
  for (const one of STATES)
    telemetry.gauge("bindings", states.filter((found) => found === one).length, { account, state: one });
  const current = [...views.values()].filter(({ key }) => isCurrent(key));
  for (const [one, count] of Object.entries(verdicts(current)))
    telemetry.gauge("bindings", count, { account, state: one });
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
  return view.drifts.length > 0 ? "drifted" : "synced";
}

/** What waits for a person, counted again. The end of a read does not answer it. */
function verdicts(views: readonly KeyView[]): Readonly<Record<"held" | "refused" | "stricter", number>> {
  return {
    held: views.filter(({ verdict }) => verdict.kind === "hold").length,
    refused: views.filter(({ verdict }) => verdict.kind === "refuse").length,
    stricter: views.filter(({ stricter }) => stricter !== null).length,
  };
}
