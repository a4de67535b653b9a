import type { AlertEvent } from "../../model/alert-event.ts";
import type { Hold } from "../../model/answers/hold.ts";
import { keyParts } from "../../model/keys/key.ts";
import { formatIncident, parseIncident } from "../../model/records/incident.ts";
import { sortedSet } from "../../text/order.ts";
import { knowsAllHolds } from "../outcome/all-holds.ts";
import type { DonePass } from "../outcome/outcome.ts";

interface WaitingContext {
  readonly nowMs: number;
  /** 0: no wait is too long. */
  readonly longWaitMs: number;
  /** The names of what people were alerted to and what has not ended. */
  readonly openIncidents: ReadonlySet<string>;
}

/** A stricter verdict is no change, and the switch of one function waits with its wave. */
const NO_CHANGE: ReadonlySet<Hold["code"]> = new Set(["verdict-changed", "wave-member"]);

/**
 * One incident for each namespace whose changes wait for long, for any cause: sent when the first of them does, not
 * repeated, and closed when none does.
 */
export function waitingAlerts(
  result: Pick<DonePass, "pass" | "outcomes">,
  holds: readonly Hold[],
  { nowMs, longWaitMs, openIncidents }: WaitingContext,
): readonly AlertEvent[] {
  const { account, rejections } = result.pass;
  const answered = new Set<string>(rejections.map(({ subject }) => subject));
  const long = holds
    .filter(({ code, subject }) => !NO_CHANGE.has(code) && !answered.has(subject))
    .filter(({ sinceMs }) => longWaitMs > 0 && nowMs - sinceMs >= longWaitMs);
  const waiting = Map.groupBy(
    long.flatMap((hold) => hold.keys.map((key) => ({ key, hold }))),
    ({ key }) => String(keyParts(key).namespace),
  );
  const placeOf = (namespace: string) => ({
    incident: formatIncident({ kind: "waiting", accountId: account.id, namespace }),
    account: account.name,
    namespace,
  });
  const begun = [...waiting].map(([namespace, members]): AlertEvent => ({
    kind: "waiting-long",
    ...placeOf(namespace),
    since: new Date(Math.min(...members.map(({ hold }) => hold.sinceMs))).toISOString(),
    reasons: sortedSet(members.map(({ hold }) => hold.reason)),
    keys: [...new Set(members.map(({ key }) => key))].sort(),
  }));
  const ended = openNamespaces(openIncidents)
    .filter((namespace) => knowsAllHolds(result) && !waiting.has(namespace))
    .map((namespace): AlertEvent => ({ kind: "waiting-ended", ...placeOf(namespace) }));
  return [...begun.filter((event) => "incident" in event && !openIncidents.has(event.incident)), ...ended];
}

function openNamespaces(open: ReadonlySet<string>): readonly string[] {
  return [...open]
    .flatMap((name) => {
      const incident = parseIncident(name);
      return incident?.kind === "waiting" ? [incident.namespace] : [];
    })
    .sort();
}
