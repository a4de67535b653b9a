import { shownSource, type Look, type LookAt } from "./look.ts";
import type { BindingObject } from "../../api/bindings.ts";
import type { OverviewObject } from "../../api/overview.ts";
import { accountNamesOf, type ApiClient } from "../client/client.ts";
import { knownBindings } from "../client/known-bindings.ts";
import { awaitedResult, type BindingResult, type ResultContext } from "./binding-result.ts";
import { BindingWatch } from "./binding-watch.ts";

interface AwaitedTarget {
  readonly target: string;
  /** The namespace of a target without one. */
  readonly namespace: string | null;
  /** The newest entry of the record when the wait began. */
  readonly since: number;
}

type ApiStatus = OverviewObject["status"];

/** While only an account keeps a wait from its end, the overview is read this often. */
const OVERVIEW_EVERY_MS = 5_000;

/** Looks at the bindings of a target. While the reads of an account fail, none of its bindings is ready. */
export async function targetLook(
  client: ApiClient,
  { target, namespace, since }: AwaitedTarget,
): Promise<LookAt> {
  const keys = (await knownBindings(target, client, namespace)).map(({ key }) => key);
  let overview = (await client.overview()).status;
  let readMs = -Infinity;
  const watch = new BindingWatch(client, {
    since,
    removed: "not-applied",
    resultOf: (binding, context) => resultWhile(overview, binding, context),
  });
  const readOverview = async (nowMs: number, maxAgeMs: number): Promise<void> => {
    if (nowMs - readMs < maxAgeMs || nowMs === readMs) return;
    overview = (await client.overview()).status;
    readMs = nowMs;
  };
  return async (time) => {
    const isOver = time.nowMs >= time.endMs;
    await readOverview(time.nowMs, isOver ? 0 : OVERVIEW_EVERY_MS);
    const isWaiting = await watch.isWaiting(keys, time);
    // No wait ends with an account that was healthy some seconds ago.
    if (!isWaiting) await readOverview(time.nowMs, 0);
    const unreadable = unreadableAccounts(overview, watch.bindings());
    const isEnd = isOver || !isWaiting;
    const { accounts } = overview;
    const source = shownSource(overview, keys);
    return {
      reconciliation: {
        done: true,
        keys,
        waitingFor: [],
        waiting: 0,
        unreadable,
        revision: source.accepted,
      },
      results: isEnd ? await watch.results(keys, time, { overview, unreadable }) : watch.waitingResults(time),
      broken: [],
      source,
      accounts: accountNamesOf(accounts),
    };
  };
}

/** Accounts with failing reads that AWS denies: other failures of reads end without help. */
function unreadableAccounts(
  { accounts }: ApiStatus,
  bindings: readonly BindingObject[],
): Look["reconciliation"]["unreadable"] {
  const denied = new Set<string>(bindings.filter(isDenied).map(({ status }) => status.accountId));
  return accounts.flatMap(({ accountId, name, failing }) =>
    failing === null || !denied.has(accountId) ? [] : [{ accountId, account: name, reason: failing.reason }],
  );
}

function isDenied({ status: { conditions, sync } }: BindingObject): boolean {
  const ready = conditions.find(({ type }) => type === "Ready");
  return sync === "Unknown" && ready?.status === "False" && ready.reason === "AccessDenied";
}

/** The condition of a binding is that of the last read, which may be from before the start of the controller. */
function resultWhile({ accounts }: ApiStatus, binding: BindingObject, context: ResultContext): BindingResult {
  const result = awaitedResult(binding, context);
  const account = accounts.find(({ accountId }) => accountId === binding.status.accountId);
  if (account === undefined || result.state === "not-applied") return result;
  const { failing, comparing } = account;
  if (failing !== null) return { ...result, state: "waiting", text: `not read, ${failing.reason}` };
  if (!comparing) return result;
  return { ...result, state: "not-compared", text: "not compared since the start of the controller" };
}
