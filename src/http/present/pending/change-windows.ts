import type { ChangeWindowObject } from "../../../api/manifests.ts";
import type { Hold } from "../../../model/answers/hold.ts";
import { formatOrigin } from "../../../model/values/origin.ts";
import { windowName, type DesiredWindow } from "../../../model/windows/change-window.ts";
import { windowStateAt } from "../../../model/windows/openings.ts";
import { zoneText } from "../../../model/windows/zone-text.ts";
import { byTextOf } from "../../../text/order.ts";
import { sees, seesEverything, seesKey, type Access } from "../../access/access.ts";
import type { Reader } from "../../request/reader.ts";
import { envelope, isoTime } from "../metadata.ts";

/** Sorted by name. */
export function changeWindows(reader: Reader): readonly ChangeWindowObject[] {
  return reader.world.overview.windows
    .filter(({ scope }) => seesScope(reader.access, scope.namespaces))
    .map((window) => windowObject(window, reader))
    .sort(byTextOf(({ metadata }) => metadata.name));
}

function seesScope(access: Access, namespaces: readonly string[] | null): boolean {
  return namespaces === null || seesEverything(access) || namespaces.some((one) => sees(access, one));
}

function windowObject(window: DesiredWindow, reader: Reader): ChangeWindowObject {
  const { scope, after, origin } = window;
  const { access } = reader;
  const waiting = waitingFor(window, reader);
  return {
    ...envelope("ChangeWindow", { name: windowName(window) }),
    spec: {
      accounts: scope.accounts,
      namespaces: scope.namespaces?.filter((one) => seesEverything(access) || sees(access, one)) ?? null,
      ...timesOf(window),
      after:
        after === undefined
          ? null
          : { accounts: after.accounts, verifiedForSeconds: after.verifiedForMs / 1_000 },
    },
    status: {
      ...stateOf(window, waiting, reader.nowMs),
      place: formatOrigin(origin),
      waiting: waiting.map(({ hold: { subject, reason, sinceMs }, keys }) => ({
        subject,
        reason,
        since: isoTime(sinceMs),
        keys,
      })),
    },
  };
}

type Times = Pick<ChangeWindowObject["spec"], "zone" | "opens" | "overrun">;

function timesOf({ schedule }: DesiredWindow): Times {
  if (schedule === null || schedule.openings.length === 0) return { zone: null, opens: null, overrun: null };
  const { zone, openings, overrunMs } = schedule;
  const together = Map.groupBy(openings, ({ atMinute, lengthMs }) => `${atMinute} ${lengthMs}`);
  const opens = [...together.values()].flatMap((some) => {
    const [first] = some;
    if (first === undefined) return [];
    const at = [Math.floor(first.atMinute / 60), first.atMinute % 60]
      .map((part) => String(part).padStart(2, "0"))
      .join(":");
    return [{ days: some.map(({ day }) => day), at, for: manifestDuration(first.lengthMs) }];
  });
  return { zone, opens, overrun: manifestDuration(overrunMs) };
}

/** In the units that a manifest takes. */
function manifestDuration(ms: number): string {
  if (ms === 0 || ms % 60_000 > 0) return `${ms / 1_000}s`;
  return ms % 3_600_000 === 0 ? `${ms / 3_600_000}h` : `${ms / 60_000}m`;
}

type TimedState = Pick<ChangeWindowObject["status"], "state" | "until" | "untilInZone">;

function stateOf(
  { name, schedule }: DesiredWindow,
  waiting: readonly HoldInWindow[],
  nowMs: number,
): TimedState {
  const waits = waiting.some(({ hold }) => hold.cause?.code === "account-order");
  if (schedule === null) return { state: "unusable", until: null, untilInZone: null };
  if (schedule.openings.length === 0)
    return { state: waits ? "waiting-for-accounts" : "after-accounts", until: null, untilInZone: null };
  const found = windowStateAt([{ name: name ?? "", ...schedule }], nowMs);
  const untilMs = found.kind === "open" ? found.now.toMs : found.next.fromMs;
  const state = found.kind === "open" && waits ? "waiting-for-accounts" : found.kind;
  return { state, until: isoTime(untilMs), untilInZone: zoneText(untilMs, schedule.zone) };
}

interface HoldInWindow {
  readonly hold: Hold;
  /** Those that the token sees. */
  readonly keys: Hold["keys"];
}

/** A wait for another window of the same scope is none of this one. */
function waitingFor(window: DesiredWindow, { world, access }: Reader): readonly HoldInWindow[] {
  const name = windowName(window);
  return world.holds
    .filter(({ cause }) => cause !== undefined && "windows" in cause && cause.windows.includes(name))
    .flatMap((hold) => {
      const keys = hold.keys.filter((key) => seesKey(access, key));
      return keys.length === 0 ? [] : [{ hold, keys }];
    })
    .sort(byTextOf(({ hold }) => hold.subject));
}
