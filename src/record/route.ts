import { keyParts, type Key } from "../model/keys/key.ts";
import type { AlertEvent } from "../model/alert-event.ts";
import type { AlertSeverity, IncidentRecord } from "../model/records/incident-record.ts";
import { statusRouteName } from "../model/records/commit-status.ts";
import { parseIncident } from "../model/records/incident.ts";
import { noteRouteName } from "../model/records/pull-requests/note.ts";
import { alertStatusOf } from "./message.ts";
import type { Settlement } from "../settle/settlement.ts";

/** A receiver of alerts: for these namespaces and accounts (`*` for all), from this severity on. */
export interface Route {
  readonly name: string;
  readonly namespaces: readonly string[];
  /** Names of accounts. An alert that belongs to no account goes to every route. */
  readonly accounts: readonly string[];
  /** `security`: only security alerts; `other`: all alerts. */
  readonly severity: AlertSeverity;
  /** `incidents`: only alerts that are opened and closed. `forge`: none, but what a forge shows of a source. */
  readonly kinds: "all" | "incidents" | "forge";
  /** The time of the day (UTC) when everything is sent together; null: immediately. */
  readonly dailyAtMs: number | null;
  /** An incident that stays open is reported again after this time; null: never. */
  readonly remindAfterMs: number | null;
  /** Of the settlement: keys of which a route for single namespaces gets nothing that was read; missing: none. */
  readonly hiddenKeys?: ReadonlySet<Key>;
}

/** The route with the namespaces whose Team names it, and with the keys that no Team is shown. */
export function withTeamAlertRoutes(
  route: Route,
  { teamRoutes = new Map(), hiddenKeys = new Set() }: Pick<Settlement, "teamRoutes" | "hiddenKeys">,
): Route {
  const added = [...teamRoutes].filter(([, names]) => names.includes(route.name)).map(([team]) => team);
  return { ...route, namespaces: [...route.namespaces, ...added], hiddenKeys };
}

/** Alerts with texts that were read from AWS, which a Team does not get of a hidden key; the others are about manifests. */
const READ_FROM_AWS = {
  "drift-opened": true,
  "drift-closed": false,
  "drift-author-found": true,
  held: false,
  "hold-ended": false,
  "waiting-long": false,
  "waiting-ended": false,
  refused: false,
  "refusal-ended": false,
  "access-denied": false,
  "access-restored": false,
  "files-refused": false,
  "files-read": false,
  "account-removed": false,
  "document-broken": false,
  "document-fixed": false,
  "pass-failed": false,
  "pass-recovered": false,
  "account-unreadable": false,
  "account-read": false,
  contended: true,
  "contention-ended": false,
  "revision-held": false,
  "revision-decided": false,
  "source-failed": false,
  "source-recovered": false,
  "backup-failed": false,
  "backup-recovered": false,
  "record-broken": false,
  "record-verified": false,
  "unrecorded-writes": false,
  "unrecorded-writes-ended": false,
  "role-recreated": true,
  "adoption-undone": false,
  "adoption-undo-stopped": false,
  "wave-stopped": false,
  "first-comparison": true,
  "rollback-ending": false,
  "suspension-ending": false,
  "daily-reminder": false,
  "functions-uncovered": false,
  "commit-status": false,
  "pull-request-note": false,
} as const satisfies Record<AlertEvent["kind"], boolean>;

/** True if an incident that the route was not notified of belongs to it. */
export function isForRoute(
  { incident, severity, namespace, account }: Omit<IncidentRecord, "sinceMs" | "body">,
  route: Route,
): boolean {
  const forgeRoute = forgeRouteOf(incident);
  if (forgeRoute !== null || route.kinds === "forge") return route.name === forgeRoute;
  if (route.severity === "security" && severity === "other") return false;
  if (account !== null && !isOfAccount(account, route)) return false;
  return route.namespaces.includes("*") || route.namespaces.includes(namespace ?? "");
}

/** null: it is an incident of alerts. */
function forgeRouteOf(incident: string): string | null {
  const parsed = parseIncident(incident);
  if (parsed?.kind === "commit-status") return statusRouteName(parsed.source);
  return parsed?.kind === "pull-requests" ? noteRouteName(parsed.source) : null;
}

function isOfAccount(account: string, { accounts }: Route): boolean {
  return accounts.includes("*") || accounts.includes(account);
}

const DAY_MS = 86_400_000;

/** Immediately, or at the next time of the day of a route that gets everything together. */
export function dueMsOf({ dailyAtMs }: Route, nowMs: number): number {
  if (dailyAtMs === null) return nowMs;
  const today = nowMs - (nowMs % DAY_MS) + dailyAtMs;
  return today >= nowMs ? today : today + DAY_MS;
}

/**
 * The part of the event for the route; null if there is none. Events of several namespaces go completely to routes for
 * `*`.
 */
export function partForRoute(event: AlertEvent, severity: AlertSeverity, route: Route): AlertEvent | null {
  if (event.kind === "commit-status") return route.name === statusRouteName(event.source) ? event : null;
  if (event.kind === "pull-request-note") return route.name === noteRouteName(event.source) ? event : null;
  if (route.kinds === "forge") return null;
  if (route.kinds === "incidents" && alertStatusOf(event) === "notice") return null;
  if (route.severity === "security" && severity === "other") return null;
  if ("account" in event && !isOfAccount(event.account, route)) return null;
  if (event.kind !== "suspension-ending") return partForNamespaces(event, route);
  const willChange = event.willChange.filter(({ account }) => isOfAccount(account, route));
  return partForNamespaces({ ...event, willChange }, route);
}

function partForNamespaces(event: AlertEvent, route: Route): AlertEvent | null {
  if (route.namespaces.includes("*")) return event;
  const hidden = READ_FROM_AWS[event.kind] ? route.hiddenKeys : undefined;
  const isOurs = (key: Key): boolean =>
    route.namespaces.includes(keyParts(key).namespace) && hidden?.has(key) !== true;
  if (event.kind === "drift-opened") return isOurs(event.key) ? withoutReason(event) : null;
  if ("key" in event) return isOurs(event.key) ? event : null;
  if ("namespace" in event) return route.namespaces.includes(event.namespace ?? "") ? event : null;
  if (event.kind === "held") {
    const keys = event.keys.filter(isOurs);
    return keys.length === 0 ? null : { ...event, keys };
  }
  if (event.kind === "document-broken") {
    const bindings = event.bindings.filter(({ key }) => isOurs(key));
    return bindings.length === 0 ? null : { ...event, bindings, error: null };
  }
  if (event.kind === "first-comparison") {
    const findings = event.findings.filter(({ key }) => isOurs(key));
    return findings.length === 0 ? null : { ...event, findings };
  }
  if (event.kind !== "suspension-ending") return null;
  const willChange = event.willChange.filter(({ key }) => isOurs(key));
  const { key, namespace } = event.scope;
  const isOfTeam = key === null ? route.namespaces.includes(namespace ?? "") : isOurs(key);
  return isOfTeam || willChange.length > 0 ? { ...event, willChange } : null;
}

/** An operator may name other teams in the reason of a rollback. */
function withoutReason(
  event: Extract<AlertEvent, { readonly kind: "drift-opened" }>,
): Extract<AlertEvent, { readonly kind: "drift-opened" }> {
  const { rollback, ...rest } = event;
  return rollback === undefined ? event : { ...rest, rollback: { ...rollback, reason: null } };
}
