import type { KnownChanges } from "../../model/changes/attribution.ts";
import type { AccountId } from "../../model/aws/ids.ts";
import type { KeyRecord } from "../../model/keys/key-record.ts";
import { STALE_MS } from "../../settle/drift/attribution.ts";
import { mergedRecords } from "../state/event-searches.ts";
import type { ControllerContext } from "../settings.ts";

/**
 * Since the last reads without the drifts that exist now or that the pass may find, and a little before; null: no queue is
 * for the account, and CloudTrail is not asked.
 */
export async function knownChanges(
  account: { readonly id: AccountId; readonly lastSweepMs: number | null },
  records: Iterable<KeyRecord>,
  { state, ports }: Pick<ControllerContext, "state" | "ports">,
): Promise<KnownChanges | null> {
  const queues = state.changeQueues.all.filter(({ accounts }) => accounts.includes(account.id));
  const isAsked = ports.eventHistory !== null;
  if (queues.length === 0 && !isAsked) return null;
  const isFailing = queues.some(({ health }) => health.kind === "failing");
  const problem = isFailing ? "the queue of change events cannot be read" : null;
  const since = unexplainedSince(records, account.lastSweepMs ?? ports.clock.nowMs());
  const received = await ports.store.changes(account.id, since - STALE_MS);
  if (!isAsked) return { records: received, problem };
  const found = state.eventSearches.of(account.id);
  return { records: mergedRecords([received, found.records]), problem, searches: found.searches };
}

function unexplainedSince(records: Iterable<KeyRecord>, lastSweepMs: number): number {
  let sinceMs = lastSweepMs;
  for (const { openDrifts = {} } of records)
    for (const { attribution, lastCleanMs } of Object.values(openDrifts))
      if (attribution?.kind !== "named") sinceMs = Math.min(sinceMs, lastCleanMs ?? sinceMs);
  return sinceMs;
}
