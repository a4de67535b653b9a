import { keyParts, type Key } from "../model/keys/key.ts";
import type { AlertEvent } from "../model/alert-event.ts";
import type { Settlement } from "../settle/settlement.ts";

/** A receiver of alerts: for these namespaces (`*` for all), from this severity on. */
export interface Route {
  readonly name: string;
  readonly namespaces: readonly string[];
  /** `security`: only security alerts; `other`: all alerts. */
  readonly severity: "security" | "other";
}

/** The route with the namespaces whose Team names it. It gets more for it, and no other route gets less. */
export function withTeams(route: Route, teamRoutes: Settlement["teamRoutes"] = new Map()): Route {
  const added = [...teamRoutes].filter(([, names]) => names.includes(route.name)).map(([team]) => team);
  return added.length === 0 ? route : { ...route, namespaces: [...route.namespaces, ...added] };
}

export type Severity = Route["severity"];

/**
 * The part of the event for the route; null if there is none. Events of several namespaces go completely to routes for
 * `*`.
 */
export function partForRoute(event: AlertEvent, severity: Severity, route: Route): AlertEvent | null {
  if (route.severity === "security" && severity === "other") return null;
  if (route.namespaces.includes("*")) return event;
  const isOurs = (key: Key): boolean => route.namespaces.includes(keyParts(key).namespace);
  if ("key" in event) return isOurs(event.key) ? event : null;
  if ("namespace" in event) return route.namespaces.includes(event.namespace ?? "") ? event : null;
  if (event.kind === "held") {
    const keys = event.keys.filter(isOurs);
    return keys.length === 0 ? null : { ...event, keys };
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
