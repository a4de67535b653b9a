import type { BindingObject } from "../api/bindings.ts";
import type { ApiClient } from "./client.ts";
import { knownBindings } from "./keys.ts";
import { resultsOf, type LookTime } from "./reconciled.ts";
import { awaitedResult, type BindingResult, type ResultContext } from "./render/reconciled.ts";
import type { Look } from "./wait-result.ts";

interface AwaitedTarget {
  readonly target: string;
  /** Of a target without one. */
  readonly namespace: string | null;
}

/** How the bindings of a target are. While the reads of an account fail, nothing of it counts as ready. */
export async function lookAtTarget(
  client: ApiClient,
  { target, namespace }: AwaitedTarget,
  time: LookTime,
): Promise<Look> {
  const [known, { status: overview }] = await Promise.all([
    knownBindings(target, client, namespace),
    client.overview(),
  ]);
  const { source, holds } = overview;
  const all = known.map(({ object }) => object);
  const failing = new Map(
    overview.accounts.flatMap((account) =>
      account.failing === null ? [] : [[account.accountId, account] as const],
    ),
  );
  const denied = new Set<string>(all.filter(isUnreadable).map(({ status }) => status.accountId));
  const unreadable = [...failing.values()].flatMap(({ accountId, name, failing: reads }) =>
    reads !== null && denied.has(accountId) ? [{ accountId, account: name, reason: reads.reason }] : [],
  );
  const state = {
    bindings: all.filter(({ status }) => !failing.has(status.accountId) || !denied.has(status.accountId)),
    holds: holds.map(({ status }) => status),
    resultOf: (binding: BindingObject, context: ResultContext): BindingResult => {
      const result = awaitedResult(binding, context);
      const reads = failing.get(binding.status.accountId)?.failing ?? null;
      return reads === null ? result : whileUnread(result, reads.reason);
    },
  };
  return {
    reconciliation: {
      done: true,
      keys: known.map(({ key }) => key),
      waitingFor: [],
      unreadable,
      revision: source.accepted,
    },
    results: await resultsOf(client, state, time),
    source,
    accounts: new Map(overview.accounts.map(({ accountId, name }) => [accountId, name])),
  };
}

/** AWS refuses the reads of the account: other failures of reads end by themselves. */
function isUnreadable({ status: { conditions, sync } }: BindingObject): boolean {
  const ready = conditions.find(({ type }) => type === "Ready");
  return sync === "Unknown" && ready?.status === "False" && ready.reason === "AccessDenied";
}

function whileUnread(result: BindingResult, reason: string): BindingResult {
  return result.state === "not-applied"
    ? result
    : { ...result, state: "waiting", text: `not read, ${reason}` };
}
