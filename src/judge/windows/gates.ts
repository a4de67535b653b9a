import type { Desired, DesiredAccount } from "../../model/desired.ts";
import type { KeyRecord } from "../../model/keys/key-record.ts";
import { keyParts, type Key } from "../../model/keys/key.ts";
import { changeOf, revisionOf, type RevisionsInForce } from "../../model/records/key-revision.ts";
import { getOrAdd } from "../../model/values/lists.ts";
import { formatOrigin } from "../../model/values/origin.ts";
import { orderingWindows } from "../../model/windows/account-order.ts";
import { isInScope, windowName, type DesiredWindow } from "../../model/windows/change-window.ts";
import { zoneText } from "../../model/windows/zone-text.ts";
import { windowStateAt, type NamedSchedule } from "../../model/windows/openings.ts";
import type { WaitCause } from "../../model/verdict.ts";
import { timeText } from "../../text/phrases.ts";
import type { FunctionWait } from "./dependencies.ts";
import { unverified, type EarlierAccount } from "./earlier-accounts.ts";

/** What the change windows of a key, and the functions that it depends on, allow now. */
export type Gate =
  /** Changes from Git are written, until then (ISO 8601): the end of the window and its overrun. */
  { readonly kind: "open"; readonly until: string } | ClosedGate;

interface ClosedGate {
  readonly kind: "closed";
  /** In the order in which they are shown: an override ends one of them, and the next one is left. */
  readonly waits: readonly [Wait, ...Wait[]];
  /** The end of the window in which an override of all of them would be written (ISO 8601); null: no window limits it. */
  readonly until: string | null;
}

export interface Wait {
  readonly cause: WaitCause;
  /** As a clause after `waits for`. */
  readonly reason: string;
  /** ISO 8601; null: not before a manifest is corrected, another account is verified, or another function is in sync. */
  readonly opensAt: string | null;
  /** Of an account that comes first: it is not verified before (ISO 8601); missing: it is not known when. */
  readonly earliestAt?: string;
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
 * @param waitsOf the other functions that a key waits for
 */
export function gatesOf(facts: GateFacts, waitsOf: (key: Key) => readonly FunctionWait[]): GateOf {
  const windowGateOf = windowGatesOf(facts);
  return (record) => {
    const { until, waits } = windowGateOf(record);
    const functions = hasBegun(record, facts) ? [] : waitsOf(record.key);
    const [first, ...others] = [...waits, ...functions.map((one) => functionWait(one, facts))];
    if (first !== undefined) return { kind: "closed", waits: [first, ...others], until };
    return until === null ? null : { kind: "open", until };
  };
}

function functionWait({ key, reason }: FunctionWait, { history }: GateFacts): Wait {
  const cause = { code: "depends-on", key } as const;
  return { cause, reason, opensAt: null, ...unchecked(history === null) };
}

interface WindowGate {
  /** ISO 8601; null: no window limits the times, or each is closed. */
  readonly until: string | null;
  readonly waits: readonly Wait[];
}

const NO_WINDOW: WindowGate = { until: null, waits: [] };

/** A schedule is computed once for each namespace. */
function windowGatesOf(facts: GateFacts): (record: Parameters<GateOf>[0]) => WindowGate {
  const { account, desired } = facts;
  const { windows = [] } = desired;
  if (windows.length === 0) return () => NO_WINDOW;
  const byNamespace = new Map<string, SharedGate>();
  return (record) => {
    const { namespace } = keyParts(record.key);
    const { gate, begun } = getOrAdd(byNamespace, namespace, () => {
      const place = { account: account.name, namespace };
      return sharedGate(
        windows.filter(({ scope }) => isInScope(scope, place)),
        { ...facts, namespace },
      );
    });
    return hasBegun(record, facts) ? begun : gate;
  };
}

interface SharedGate {
  readonly gate: WindowGate;
  /** Of a change that has begun. */
  readonly begun: WindowGate;
}

interface NamespaceFacts extends Pick<GateFacts, "earlier" | "nowMs"> {
  readonly namespace: string;
}

/** Half of a change is worse than all of it: what has begun goes on. */
function sharedGate(windows: readonly DesiredWindow[], facts: NamespaceFacts): SharedGate {
  const unusable = windows.filter(({ schedule }) => schedule === null).map(unusableWait);
  const schedules = windows.flatMap(({ name, schedule }): readonly NamedSchedule[] =>
    schedule === null || name === null || schedule.openings.length === 0 ? [] : [{ name, ...schedule }],
  );
  const inTime = schedules.length === 0 ? null : timesGate(schedules, facts.nowMs);
  const { gate, begun } = inTime ?? { gate: NO_WINDOW, begun: NO_WINDOW };
  return {
    gate: { until: gate.until, waits: [...unusable, ...gate.waits, ...orderWaits(windows, facts)] },
    begun: { until: begun.until, waits: [...unusable, ...begun.waits] },
  };
}

/** One for each account that comes before and is not verified. */
function orderWaits(windows: readonly DesiredWindow[], facts: NamespaceFacts): readonly Wait[] {
  const ordering = orderingWindows(windows);
  const accounts = new Set(ordering.flatMap(({ after }) => after.accounts));
  return [...accounts].flatMap((account) => orderWait(account, ordering, facts));
}

function orderWait(
  account: string,
  windows: ReturnType<typeof orderingWindows>,
  { earlier, namespace, nowMs }: NamespaceFacts,
): readonly Wait[] {
  const known = earlier?.get(account);
  const waiting = windows.flatMap((window) => {
    const { accounts, verifiedForMs } = window.after;
    if (!accounts.includes(account)) return [];
    const found =
      known === undefined
        ? { text: "whether it is verified is not checked here", earliestMs: null }
        : unverified(known, { namespace, verifiedForMs, nowMs });
    return found === null ? [] : [{ name: windowName(window), ...found }];
  });
  const [first] = waiting;
  if (first === undefined) return [];
  const names = waiting.map(({ name }) => name).sort();
  return [
    {
      cause: { code: "account-order", account, windows: names },
      reason: `account ${account} (change window ${first.name}): ${first.text}`,
      opensAt: null,
      ...(first.earliestMs !== null && { earliestAt: isoTime(first.earliestMs) }),
      ...unchecked(known === undefined),
    },
  ];
}

function unchecked(is: boolean): Pick<Wait, "isUnchecked"> {
  return is ? { isUnchecked: true } : {};
}

function unusableWait(window: DesiredWindow): Wait {
  const { name, origin } = window;
  const shown = name === null ? "a change window" : `the change window ${name}`;
  return {
    cause: { code: "change-window", windows: [windowName(window)] },
    reason: `${shown}, which can't be used until ${formatOrigin(origin)} is corrected`,
    opensAt: null,
  };
}

function timesGate(schedules: readonly NamedSchedule[], nowMs: number): SharedGate {
  const state = windowStateAt(schedules, nowMs);
  if (state.kind === "open") {
    const { toMs, overrunMs } = state.now;
    const gate = { until: isoTime(toMs + overrunMs), waits: [] };
    return { gate, begun: gate };
  }
  const { last, next } = state;
  const opensAt = isoTime(next.fromMs);
  const wait: Wait = {
    cause: { code: "change-window", windows: schedules.map(({ name }) => name).sort() },
    reason: `the change window ${next.window}, which opens at ${timeText(opensAt)}${ownTime(next)}`,
    opensAt,
  };
  const endMs = last.toMs + last.overrunMs;
  const gate = { until: null, waits: [wait] };
  return { gate, begun: nowMs < endMs ? { until: isoTime(endMs), waits: [] } : gate };
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
