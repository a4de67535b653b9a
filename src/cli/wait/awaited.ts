import type { BindingObject } from "../../api/bindings.ts";
import type { OverviewObject } from "../../api/overview.ts";
import type { ApiClient } from "../client/client.ts";
import { knownBindings } from "../client/known-bindings.ts";
import { BindingWatch, type LookTime } from "./reconciled.ts";
import { awaitedResult, type BindingResult, type ResultContext } from "./binding-result.ts";
import type { Look } from "./wait-result.ts";

interface AwaitedTarget {
  readonly target: string;
  /** Of a target without one. */
  readonly namespace: string | null;
}

type Failing = ReadonlyMap<string, { readonly name: string; readonly reason: string }>;

/** While nothing but an account keeps a wait from its end, the overview is read this often. */
const OVERVIEW_EVERY_MS = 5_000;

/** Looks how the bindings of a target are. While the reads of an account fail, nothing of it counts as ready. */
export async function targetLook(
  client: ApiClient,
  { target, namespace }: AwaitedTarget,
  since: number,
): Promise<(time: LookTime) => Promise<Look>> {
  const keys = (await knownBindings(target, client, namespace)).map(({ key }) => key);
  let overview = (await client.overview()).status;
  let readMs: number | null = null;
  const watch = new BindingWatch(client, {
    since,
    removed: "not-applied",
    resultOf: (binding, context) => resultWhile(failingOf(overview), binding, context),
  });
  return async (time) => {
    const isOver = time.nowMs >= time.endMs;
    if (readMs === null || isOver || time.nowMs - readMs >= OVERVIEW_EVERY_MS) {
      overview = (await client.overview()).status;
      readMs = time.nowMs;
    }
    const waiting = await watch.look(keys, time);
    if (waiting.length === 0 && readMs !== time.nowMs) {
      // No end rests on an account that was healthy some seconds ago.
      overview = (await client.overview()).status;
      readMs = time.nowMs;
    }
    const failing = failingOf(overview);
    const denied = new Set<string>(
      watch
        .bindings()
        .filter(isUnreadable)
        .map(({ status }) => status.accountId),
    );
    const unreadable = [...failing].flatMap(([accountId, { name, reason }]) =>
      denied.has(accountId) ? [{ accountId, account: name, reason }] : [],
    );
    const isRead = ({ status }: BindingObject): boolean =>
      !failing.has(status.accountId) || !denied.has(status.accountId);
    const isEnd = waiting.length === 0 || isOver;
    const accounts = new Map(overview.accounts.map(({ accountId, name }) => [accountId, name]));
    const holds = overview.holds.map(({ status }) => status);
    return {
      reconciliation: {
        done: true,
        keys,
        waitingFor: [],
        waiting: 0,
        unreadable,
        revision: overview.source.accepted,
      },
      results: isEnd
        ? await watch.results(keys, time, { holds, accounts, isRead })
        : watch.waitingResults(time),
      broken: [],
      source: overview.source,
      accounts,
    };
  };
}

function failingOf({ accounts }: OverviewObject["status"]): Failing {
  return new Map(
    accounts.flatMap(({ accountId, name, failing }) =>
      failing === null ? [] : [[accountId, { name, reason: failing.reason }] as const],
    ),
  );
}

/** AWS refuses the reads of the account: other failures of reads end by themselves. */
function isUnreadable({ status: { conditions, sync } }: BindingObject): boolean {
  const ready = conditions.find(({ type }) => type === "Ready");
  return sync === "Unknown" && ready?.status === "False" && ready.reason === "AccessDenied";
}

function resultWhile(failing: Failing, binding: BindingObject, context: ResultContext): BindingResult {
  const result = awaitedResult(binding, context);
  const reads = failing.get(binding.status.accountId);
  if (reads === undefined || result.state === "not-applied") return result;
  return { ...result, state: "waiting", text: `not read, ${reads.reason}` };
}
