import type { KnownChanges } from "../../model/changes/attribution.ts";
import type { ClockOffset } from "../../model/changes/clock-offset.ts";
import type { AccountRecord } from "../../model/records/account-record.ts";
import type { AccountId } from "../../model/aws/ids.ts";
import type { KeyRecord } from "../../model/keys/key-record.ts";
import { STALE_MS } from "../../settle/drift/attribution.ts";
import { mergedRecords } from "../state/changes/event-searches.ts";
import type { AccountEvents } from "../state/passes/received-facts.ts";
import type { ControllerContext } from "../settings.ts";

/**
 * Since the last reads without the drifts that exist now, that ended without an author, or that the pass may find, and a
 * little before; null: no queue is for the account, and CloudTrail is not asked.
 */
export async function knownChanges(
  account: Pick<AccountRecord, "lastSweepMs" | "oldestPolicyReadMs" | "clockOffset" | "earlierOffsets"> & {
    readonly id: AccountId;
  },
  records: Iterable<KeyRecord>,
  { state, ports }: Pick<ControllerContext, "state" | "ports">,
): Promise<KnownChanges | null> {
  const events = eventsOf(account.id, { state, ports });
  const queues = events.queues.filter(({ accounts }) => accounts.includes(account.id));
  const { searched } = events;
  if (queues.length === 0 && searched === null) return null;
  const problem = queues.length === 0 ? null : problemOf({ ...events, queues });
  const clockOffset = ports.clockOffset();
  const sweptMs = account.lastSweepMs ?? ports.clock.nowMs();
  const oldestMs = Math.min(sweptMs, account.oldestPolicyReadMs ?? Infinity);
  const earlier = (account.earlierOffsets ?? []).map(({ offset }) => offset);
  const readMs = oldestMs + behindMs(account.clockOffset, clockOffset, ...earlier);
  const since = unexplainedSince(records, readMs);
  const received = await ports.store.changes(account.id, since - STALE_MS - LATE_MS);
  if (searched === null) return { records: received, problem };
  return {
    records: mergedRecords([received, searched.records]),
    problem,
    searches: searched.searches,
  };
}

/** Of an assigned account, as the active replica states it. */
function eventsOf(
  accountId: AccountId,
  { state, ports }: Pick<ControllerContext, "state" | "ports">,
): AccountEvents {
  const received = state.receivedFacts.of(accountId, ports.clock.nowMs());
  if (received !== undefined) return received;
  const searched = ports.eventHistory === null ? null : state.eventSearches.of(accountId);
  return { queues: state.changeQueues.all, areRead: true, searched };
}

/** Why events may be missing; null: it is not known that one is. */
function problemOf({ queues, areRead }: AccountEvents): string | null {
  if (!areRead) return "no replica has read the queue of change events for a minute";
  return queues.some(({ health }) => health.kind === "failing")
    ? "the queue of change events cannot be read"
    : null;
}

/** An event may arrive so long after its call, and after the read that it should have begun. Later ones count as lost. */
const LATE_MS = 900_000;

function unexplainedSince(records: Iterable<KeyRecord>, lastSweepMs: number): number {
  let sinceMs = lastSweepMs;
  for (const { openDrifts = {}, unattributed = [] } of records)
    for (const { lastCleanMs, clockOffset } of [...Object.values(openDrifts), ...unattributed])
      sinceMs = Math.min(sinceMs, (lastCleanMs ?? sinceMs) + behindMs(clockOffset));
  return sinceMs;
}

/** How far AWS's clock was behind at most: the times of its events are earlier by it. Not above zero. */
function behindMs(...offsets: readonly (ClockOffset | null | undefined)[]): number {
  return Math.min(0, ...offsets.map((offset) => offset?.minMs ?? 0));
}
