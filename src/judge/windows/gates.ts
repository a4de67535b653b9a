import type { Desired, DesiredAccount } from "../../model/desired.ts";
import type { KeyRecord } from "../../model/keys/key-record.ts";
import { keyParts, type Key } from "../../model/keys/key.ts";
import { changeOf, revisionOf, type RevisionsInForce } from "../../model/records/key-revision.ts";
import { getOrAdd } from "../../model/values/lists.ts";
import { formatOrigin } from "../../model/values/origin.ts";
import { isInScope, type DesiredWindow } from "../../model/windows/change-window.ts";
import { offsetsOf } from "../../model/windows/zone-time.ts";
import { windowStateAt, type NamedSchedule, type WindowState } from "../../model/windows/openings.ts";
import { timeText } from "../../text/phrases.ts";

/** What the change windows of a key allow now. */
export type Gate =
  /** Changes from Git are written, until then (ISO 8601): the end of the window and its overrun. */
  | { readonly kind: "open"; readonly until: string }
  | {
      readonly kind: "closed";
      /** A clause for after `waits for`. */
      readonly reason: string;
      /** ISO 8601; null: not before a manifest is corrected. */
      readonly opensAt: string | null;
    };

interface GateFacts extends RevisionsInForce {
  readonly account: Pick<DesiredAccount, "name">;
  readonly desired: Pick<Desired, "windows">;
  readonly nowMs: number;
}

/** Of keys that no window applies to, there is none: their changes are written at any time. */
export type GateOf = (record: Pick<KeyRecord, "key" | "applied" | "changedBy" | "status">) => Gate | null;

/** The gates of one account; a schedule is computed once for each namespace. */
export function gatesOf({ account, desired, nowMs, ...inForce }: GateFacts): GateOf {
  const { windows = [] } = desired;
  if (windows.length === 0) return () => null;
  const byNamespace = new Map<string, SharedGate>();
  return (record) => {
    const { namespace } = keyParts(record.key);
    const shared = getOrAdd(byNamespace, namespace, () => {
      const place = { account: account.name, namespace };
      return sharedGate(
        windows.filter(({ scope }) => isInScope(scope, place)),
        nowMs,
      );
    });
    return shared.overrunUntil !== null && hasBegun(record, inForce)
      ? { kind: "open", until: shared.overrunUntil }
      : shared.gate;
  };
}

interface SharedGate {
  readonly gate: Gate | null;
  /** ISO 8601: until then, a change that has begun goes on; null: nothing goes on, or everything does. */
  readonly overrunUntil: string | null;
}

function sharedGate(windows: readonly DesiredWindow[], nowMs: number): SharedGate {
  const unusable = windows.find(({ schedule }) => schedule === null);
  if (unusable !== undefined) return { gate: unusableGate(unusable), overrunUntil: null };
  const schedules = windows.flatMap(({ name, schedule }): readonly NamedSchedule[] =>
    schedule === null || name === null ? [] : [{ name, ...schedule }],
  );
  if (schedules.length === 0) return { gate: null, overrunUntil: null };
  return gateOfState(windowStateAt(schedules, nowMs), nowMs);
}

function unusableGate({ name, origin }: DesiredWindow): Gate {
  const window = name === null ? "a change window" : `the change window ${name}`;
  const reason = `${window}, which can't be used until ${formatOrigin(origin)} is corrected`;
  return { kind: "closed", reason, opensAt: null };
}

function gateOfState(state: WindowState, nowMs: number): SharedGate {
  if (state.kind === "open") {
    const { toMs, overrunMs } = state.now;
    return { gate: { kind: "open", until: isoTime(toMs + overrunMs) }, overrunUntil: null };
  }
  const { last, next } = state;
  const opensAt = isoTime(next.fromMs);
  const reason = `the change window ${next.window}, which opens at ${timeText(opensAt)}${ownTime(next)}`;
  const endMs = last.toMs + last.overrunMs;
  return {
    gate: { kind: "closed", reason, opensAt },
    overrunUntil: nowMs < endMs ? isoTime(endMs) : null,
  };
}

/** ` (09:30 Europe/Berlin)`: screens have times in UTC, and who wrote the window thinks in its zone. "": that is UTC. */
function ownTime({ fromMs, zone }: { readonly fromMs: number; readonly zone: string }): string {
  if (zone === "UTC") return "";
  const [day = "", time = ""] = isoTime(fromMs + offsetsOf(zone)(fromMs)).split("T");
  const date = isoTime(fromMs).startsWith(day) ? "" : `${day} `;
  return ` (${date}${time.slice(0, 5)} ${zone})`;
}

/** A pass has written a part of what the revision changes: for a new key, it tried to. */
function hasBegun(
  { key, applied, changedBy, status }: Parameters<GateOf>[0],
  inForce: RevisionsInForce,
): boolean {
  if (applied !== null) return changedBy === changeOf(key, inForce);
  return status?.lastAttemptedRevision === revisionOf(key, inForce);
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}

/** By key, of those that have one. */
export function gatesByKey(
  gateOf: GateOf,
  records: readonly Parameters<GateOf>[0][],
): ReadonlyMap<Key, Gate> {
  return new Map(
    records.flatMap((record) => {
      const gate = gateOf(record);
      return gate === null ? [] : [[record.key, gate] as const];
    }),
  );
}
