import type { ChangeWindowObject, WaitingChanges } from "../../../api/manifests.ts";
import type { Hold } from "../../../model/answers/hold.ts";
import { keyParts } from "../../../model/keys/key.ts";
import { formatOrigin } from "../../../model/values/origin.ts";
import { isInScope, type DesiredWindow } from "../../../model/windows/change-window.ts";
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
    .map((window, at) => windowObject(window, at, reader))
    .sort(byTextOf(({ metadata }) => metadata.name));
}

function seesScope(access: Access, namespaces: readonly string[] | null): boolean {
  return namespaces === null || seesEverything(access) || namespaces.some((one) => sees(access, one));
}

function windowObject(window: DesiredWindow, at: number, reader: Reader): ChangeWindowObject {
  const { name, scope, schedule, after, origin } = window;
  const hasTimes = schedule !== null && schedule.openings.length > 0;
  const { access } = reader;
  return {
    // The name of one that cannot be read is not known.
    ...envelope("ChangeWindow", { name: name ?? `unreadable-${at + 1}` }),
    spec: {
      accounts: scope.accounts,
      namespaces: scope.namespaces?.filter((one) => seesEverything(access) || sees(access, one)) ?? null,
      zone: hasTimes ? schedule.zone : null,
      after:
        after === undefined
          ? null
          : { accounts: after.accounts, verifiedForSeconds: after.verifiedForMs / 1_000 },
    },
    status: {
      ...stateOf(window, reader.nowMs),
      place: formatOrigin(origin),
      waiting: waitingIn(window, reader),
    },
  };
}

type TimedState = Pick<ChangeWindowObject["status"], "state" | "until" | "untilInZone">;

function stateOf({ name, schedule }: DesiredWindow, nowMs: number): TimedState {
  if (schedule === null) return { state: "unusable", until: null, untilInZone: null };
  if (schedule.openings.length === 0) return { state: "any-time", until: null, untilInZone: null };
  const found = windowStateAt([{ name: name ?? "", ...schedule }], nowMs);
  const untilMs = found.kind === "open" ? found.now.toMs : found.next.fromMs;
  return { state: found.kind, until: isoTime(untilMs), untilInZone: zoneText(untilMs, schedule.zone) };
}

function waitingIn(window: DesiredWindow, { world, access }: Reader): readonly WaitingChanges[] {
  return world.holds
    .filter(({ code }) => code === "change-window")
    .flatMap((hold) => {
      const keys = keysIn(window, hold).filter((key) => seesKey(access, key));
      const { subject, reason, sinceMs } = hold;
      return keys.length === 0 ? [] : [{ subject, reason, since: isoTime(sinceMs), keys }];
    })
    .sort(byTextOf(({ subject }) => subject));
}

function keysIn({ scope }: DesiredWindow, { account, keys }: Hold): Hold["keys"] {
  return keys.filter((key) =>
    isInScope(scope, { account: account ?? "", namespace: keyParts(key).namespace }),
  );
}
