import type { AlertEvent } from "../../model/alert-event.ts";
import type { Hold } from "../../model/answers/hold.ts";
import { keyParts, type Key } from "../../model/keys/key.ts";
import { formatIncident, parseIncident } from "../../model/records/incident.ts";
import { sortedSet } from "../../text/order.ts";
import { knowsAllHolds } from "../outcome/all-holds.ts";
import { waitingChanges, waitingSince } from "../outcome/waiting-since.ts";
import type { DonePass } from "../outcome/outcome.ts";
import type { DesiredWindow } from "../../model/windows/change-window.ts";
import { nextOpeningMs } from "../../model/windows/openings.ts";

interface WaitingContext {
  readonly nowMs: number;
  /** 0: no wait is too long. */
  readonly longWaitMs: number;
  /** The names of what people were alerted to and what has not ended. */
  readonly openIncidents: ReadonlySet<string>;
}

/**
 * One incident for each namespace whose changes wait for long, for any cause: sent when the first of them does, not
 * repeated, and closed when none does. A change that waits for the first opening of its change window is not the first of them.
 */
export function waitingAlerts(
  result: Pick<DonePass, "pass" | "outcomes">,
  holds: readonly Hold[],
  { nowMs, longWaitMs, openIncidents }: WaitingContext,
): readonly AlertEvent[] {
  const { account } = result.pass;
  const since = waitingSince(result, holds);
  const sinceOf = (key: Key): number => since.get(key) ?? nowMs;
  const members = waitingChanges(result, holds).flatMap((hold) => hold.keys.map((key) => ({ key, hold })));
  const waiting = Map.groupBy(
    members.filter(({ key }) => longWaitMs > 0 && nowMs - sinceOf(key) >= longWaitMs),
    ({ key }) => String(keyParts(key).namespace),
  );
  const placeOf = (namespace: string) => ({
    incident: formatIncident({ kind: "waiting", accountId: account.id, namespace }),
    account: account.name,
    namespace,
  });
  const { windows = [] } = result.pass.desired;
  const begun = [...waiting].flatMap(([namespace, all]): readonly AlertEvent[] => {
    const long = all.filter(
      ({ key, hold }) => !opensAsDeclared(hold, { sinceMs: sinceOf(key), nowMs, windows }),
    );
    if (long.length === 0) return [];
    return [
      {
        kind: "waiting-long",
        ...placeOf(namespace),
        since: new Date(long.reduce((first, { key }) => Math.min(first, sinceOf(key)), nowMs)).toISOString(),
        reasons: sortedSet(long.map(({ hold }) => hold.reason)),
        keys: [...new Set(long.map(({ key }) => key))].sort(),
      },
    ];
  });
  const ended = openNamespaces(openIncidents)
    .filter((namespace) => knowsAllHolds(result) && !waiting.has(namespace))
    .map((namespace): AlertEvent => ({ kind: "waiting-ended", ...placeOf(namespace) }));
  return [...begun.filter((event) => "incident" in event && !openIncidents.has(event.incident)), ...ended];
}

interface WindowWait {
  readonly sinceMs: number;
  readonly nowMs: number;
  readonly windows: readonly DesiredWindow[];
}

/** Whether the change windows that it waits for have not opened since it began to wait. A window with an error never opens. */
function opensAsDeclared({ cause }: Hold, { sinceMs, nowMs, windows }: WindowWait): boolean {
  if (cause?.code !== "change-window") return false;
  const schedules = windows.flatMap(({ name, schedule }) =>
    name !== null && schedule !== null && cause.windows.includes(name) ? [{ name, ...schedule }] : [],
  );
  if (schedules.length === 0 || schedules.length < cause.windows.length) return false;
  const opensMs = nextOpeningMs(schedules, sinceMs);
  return opensMs !== null && nowMs < opensMs;
}

function openNamespaces(open: ReadonlySet<string>): readonly string[] {
  return [...open]
    .flatMap((name) => {
      const incident = parseIncident(name);
      return incident?.kind === "waiting" ? [incident.namespace] : [];
    })
    .sort();
}
