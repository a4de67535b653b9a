import type { AlertEvent } from "../controller/ports/recorder.ts";
import { keyParts, parseKey } from "../model/key.ts";

/** Who is told what: of these namespaces (`*`: all), from this severity on. */
export interface Route {
  readonly name: string;
  readonly namespaces: readonly string[];
  /** `security`: nothing else; `other`: everything. */
  readonly severity: "security" | "other";
}

export type Severity = Route["severity"];

/** The part of the event that concerns the route; null when nothing does. What spans namespaces goes to `*` whole. */
export function narrowed(event: AlertEvent, severity: Severity, route: Route): AlertEvent | null {
  if (route.severity === "security" && severity === "other") return null;
  if (route.namespaces.includes("*")) return event;
  const isOurs = (text: string): boolean => route.namespaces.includes(namespaceOf(text) ?? "");
  if ("key" in event) return isOurs(event.key) ? event : null;
  if ("namespace" in event) return route.namespaces.includes(event.namespace ?? "") ? event : null;
  if (event.kind === "held") {
    const keys = event.keys.filter(isOurs);
    return keys.length === 0 ? null : { ...event, keys };
  }
  if (event.kind === "first-comparison") {
    const worthALook = event.worthALook.filter(isOurs);
    return worthALook.length === 0 ? null : { ...event, worthALook };
  }
  if (event.kind !== "suspension-ending") return null;
  const willChange = event.willChange.filter(isOurs);
  return isOurs(event.scope) || willChange.length > 0 ? { ...event, willChange } : null;
}

/** Of a key, a line `KEY: …`, or a suspension's scope `namespace NAME …`. */
function namespaceOf(text: string): string | null {
  const named = /^namespace (\S+)/.exec(text)?.[1];
  const key = parseKey(/^[^\s:]+/.exec(text)?.[0] ?? "");
  return named ?? (key === undefined ? null : keyParts(key).namespace);
}
