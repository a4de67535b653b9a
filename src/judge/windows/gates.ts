import type { Desired, DesiredAccount } from "../../model/desired.ts";
import type { KeyRecord } from "../../model/keys/key-record.ts";
import { keyParts, type Key } from "../../model/keys/key.ts";
import { changeOf, revisionOf, type RevisionsInForce } from "../../model/records/key-revision.ts";
import { getOrAdd } from "../../model/values/lists.ts";
import { formatOrigin } from "../../model/values/origin.ts";
import { orderingWindows } from "../../model/windows/account-order.ts";
import { isInScope, type DesiredWindow } from "../../model/windows/change-window.ts";
import { zoneText } from "../../model/windows/zone-text.ts";
import { windowStateAt, type NamedSchedule, type WindowState } from "../../model/windows/openings.ts";
import type { HeldBack } from "../../model/verdict.ts";
import { timeText } from "../../text/phrases.ts";
import { unverifiedText, type EarlierAccount } from "./earlier-accounts.ts";

/** What the change windows of a key, and the functions that it depends on, allow now. */
export type Gate =
  /** Changes from Git are written, until then (ISO 8601): the end of the window and its overrun. */
  { readonly kind: "open"; readonly until: string } | ClosedGate;

interface ClosedGate extends HeldBack {
  readonly kind: "closed";
  /** ISO 8601; null: not before a manifest is corrected, another account is verified, or another function is in sync. */
  readonly opensAt: string | null;
  /** The record that shows whether the cause has ended was not read: the change may be written already. */
  readonly isUnchecked?: true;
}

interface GateFacts extends RevisionsInForce {
  readonly account: Pick<DesiredAccount, "name">;
  readonly desired: Pick<Desired, "windows">;
  /** By name, those that windows of this account name; missing: they were not read. */
  readonly earlier?: ReadonlyMap<string, EarlierAccount>;
  /** null: no record was read, which would show whether a change has begun. */
  readonly history: object | null;
  readonly nowMs: number;
}

/** The gate of a key; null: no window applies to it and it waits for no function, so its changes are written at any time. */
export type GateOf = (record: Pick<KeyRecord, "key" | "applied" | "changedBy" | "status">) => Gate | null;

/**
 * The gates of one account. What a window keeps closed is shown first.
 * @param reasonOf why a key waits for another function; null: it does not
 */
export function gatesOf(facts: GateFacts, reasonOf: (key: Key) => string | null): GateOf {
  const windowGateOf = windowGatesOf(facts);
  return (record) => {
    const gate = windowGateOf(record);
    if (gate?.kind === "closed" || hasBegun(record, facts)) return gate;
    const reason = reasonOf(record.key);
    if (reason === null) return gate;
    return {
      kind: "closed",
      code: "depends-on",
      reason,
      opensAt: null,
      ...unchecked(facts.history === null),
    };
  };
}

/** A schedule is computed once for each namespace. */
function windowGatesOf(facts: GateFacts): GateOf {
  const { account, desired } = facts;
  const { windows = [] } = desired;
  if (windows.length === 0) return () => null;
  const byNamespace = new Map<string, SharedGate>();
  return (record) => {
    const { namespace } = keyParts(record.key);
    const shared = getOrAdd(byNamespace, namespace, () => {
      const place = { account: account.name, namespace };
      return sharedGate(
        windows.filter(({ scope }) => isInScope(scope, place)),
        { ...facts, namespace },
      );
    });
    return shared.begun !== undefined && hasBegun(record, facts) ? shared.begun : shared.gate;
  };
}

interface SharedGate {
  readonly gate: Gate | null;
  /** Of a change that has begun; missing: the same. */
  readonly begun?: Gate | null;
}

interface NamespaceFacts extends Pick<GateFacts, "earlier" | "nowMs"> {
  readonly namespace: string;
}

function sharedGate(windows: readonly DesiredWindow[], facts: NamespaceFacts): SharedGate {
  const { nowMs } = facts;
  const unusable = windows.find(({ schedule }) => schedule === null);
  if (unusable !== undefined) return { gate: unusableGate(unusable) };
  const schedules = windows.flatMap(({ name, schedule }): readonly NamedSchedule[] =>
    schedule === null || name === null || schedule.openings.length === 0 ? [] : [{ name, ...schedule }],
  );
  const inTime: SharedGate =
    schedules.length === 0 ? { gate: null } : gateOfState(windowStateAt(schedules, nowMs), nowMs);
  const waiting = inTime.gate?.kind === "closed" ? null : orderGate(windows, facts);
  // Half of a change is worse than all of it: what has begun goes on.
  return waiting === null ? inTime : { gate: waiting, begun: inTime.gate };
}

/** Of the accounts that come before; null: all of them are verified, or there are none. */
function orderGate(
  windows: readonly DesiredWindow[],
  { earlier, namespace, nowMs }: NamespaceFacts,
): Gate | null {
  for (const { name, after } of orderingWindows(windows))
    for (const account of after.accounts) {
      const known = earlier?.get(account);
      const { verifiedForMs } = after;
      const text =
        known === undefined
          ? "whether it is verified is not checked here"
          : unverifiedText(known, { namespace, verifiedForMs, nowMs });
      if (text === null) continue;
      const reason = `account ${account} (change window ${name ?? "without a name"}): ${text}`;
      return {
        kind: "closed",
        code: "change-window",
        reason,
        opensAt: null,
        ...unchecked(known === undefined),
      };
    }
  return null;
}

function unchecked(is: boolean): Pick<ClosedGate, "isUnchecked"> {
  return is ? { isUnchecked: true } : {};
}

function unusableGate({ name, origin }: DesiredWindow): Gate {
  const window = name === null ? "a change window" : `the change window ${name}`;
  const reason = `${window}, which can't be used until ${formatOrigin(origin)} is corrected`;
  return { kind: "closed", code: "change-window", reason, opensAt: null };
}

function gateOfState(state: WindowState, nowMs: number): SharedGate {
  if (state.kind === "open") {
    const { toMs, overrunMs } = state.now;
    return { gate: { kind: "open", until: isoTime(toMs + overrunMs) } };
  }
  const { last, next } = state;
  const opensAt = isoTime(next.fromMs);
  const reason = `the change window ${next.window}, which opens at ${timeText(opensAt)}${ownTime(next)}`;
  const endMs = last.toMs + last.overrunMs;
  return {
    gate: { kind: "closed", code: "change-window", reason, opensAt },
    ...(nowMs < endMs && { begun: { kind: "open", until: isoTime(endMs) } as const }),
  };
}

/** ` (09:30 Europe/Berlin)`: screens have times in UTC, and who wrote the window thinks in its zone. */
function ownTime({ fromMs, zone }: { readonly fromMs: number; readonly zone: string }): string {
  const text = zoneText(fromMs, zone);
  return text === null ? "" : ` (${text})`;
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
