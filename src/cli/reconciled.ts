import type { BindingObject } from "../api/bindings.ts";
import type { ApiClient } from "./client.ts";
import { eventPages, recentEvents } from "./recent-events.ts";
import { bindingResult, type ResultContext } from "./render/reconciled.ts";
import type { Look } from "./wait-result.ts";

/** The moment of a look. */
export interface LookTime {
  /** The newest entry of the record when the wait began. */
  readonly since: number;
  readonly nowMs: number;
  /** When the wait is over. */
  readonly endMs: number;
}

/** How far a reconcile is, and how its bindings are. */
export async function lookAtReconciliation(client: ApiClient, token: string, time: LookTime): Promise<Look> {
  const [{ status: reconciliation }, { status: overview }] = await Promise.all([
    client.get("reconciliations", token),
    client.overview(),
  ]);
  const { source, holds } = overview;
  const accounts = new Map(overview.accounts.map(({ accountId, name }) => [accountId, name]));
  if (!reconciliation.done) return { reconciliation, results: [], source, accounts };
  const unread = new Set<string>(reconciliation.unreadable.map(({ accountId }) => accountId));
  const all = await client.list("bindings");
  const asked = reconciliation.keys === null ? null : new Set(reconciliation.keys);
  const read = all.filter(
    ({ spec, status }) => (asked?.has(spec.key) ?? spec.source !== null) && !unread.has(status.accountId),
  );
  const known = { bindings: read, holds: holds.map(({ status }) => status), resultOf: bindingResult };
  return { reconciliation, source, accounts, results: await resultsOf(client, known, time) };
}

export async function newestEntry(client: ApiClient): Promise<number> {
  const [newest] = await recentEvents(client, { limit: 1 });
  return newest?.seq ?? 0;
}

interface KnownState extends Pick<ResultContext, "holds"> {
  readonly bindings: readonly BindingObject[];
  readonly resultOf: typeof bindingResult;
}

/** How each binding is, with the calls that were made since and those that become due only later. */
export async function resultsOf(
  client: ApiClient,
  { bindings, holds, resultOf }: KnownState,
  { since, nowMs, endMs }: LookTime,
): Promise<Look["results"]> {
  const calls = await callsSince(client, since);
  const context = { calls, nowMs, holds, dueAt: new Map<string, string>() };
  const waiting = bindings.filter((binding) => resultOf(binding, context).state === "waiting");
  const dueAt = await lateCalls(client, waiting, endMs);
  return bindings.map((binding) => resultOf(binding, { ...context, dueAt }));
}

async function callsSince(client: ApiClient, since: number): Promise<ReadonlyMap<string, number>> {
  const calls = new Map<string, number>();
  for await (const { events, readTo } of eventPages(client, {})) {
    for (const { seq, kind, key, outcome } of events) {
      const isTaken = outcome === "applied" || outcome === "found-applied";
      if (seq > since && kind === "write-finished" && isTaken && typeof key === "string")
        calls.set(key, (calls.get(key) ?? 0) + 1);
    }
    if (readTo <= since + 1) break;
  }
  return calls;
}

/** Calls that become due only after the wait has ended: a revert that gives the team time to declare the change. */
async function lateCalls(
  client: ApiClient,
  waiting: readonly BindingObject[],
  endMs: number,
): Promise<ReadonlyMap<string, string>> {
  if (waiting.length === 0) return new Map();
  const keys = new Set(waiting.map(({ spec }) => spec.key));
  const plans = await client.list("plans");
  const late = plans.flatMap(({ status: { key, plan } }) => {
    const dueMs = plan?.nextDueMs ?? null;
    return dueMs === null || dueMs <= endMs || !keys.has(key)
      ? []
      : [[key, new Date(dueMs).toISOString()] as const];
  });
  return new Map(late);
}
