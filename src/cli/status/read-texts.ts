import type { AuditEvent } from "../../api/events.ts";
import { clockTime, type ScreenClock } from "../screen/time.ts";

/** `account prod on 2026-11-28: 288 complete reads` */
export function controlText(event: AuditEvent): string {
  return `account ${shown(event, "account")} on ${shown(event, "day")}: ${shown(event, "completeReads")} complete reads`;
}

/** `account prod, eu-west-1: no complete read from 02:10Z to 04:10Z: AccessDenied` */
export function readGapText(event: AuditEvent, clock: ScreenClock): string {
  const { regions, since, until, reason } = event;
  const place = [shown(event, "account"), ...(Array.isArray(regions) ? regions.map(String) : [])].join(", ");
  const [from, to] = [since, until].map((at) => (typeof at === "string" ? clockTime(at, clock) : "-"));
  const why = typeof reason === "string" ? `: ${reason}` : "";
  return `account ${place}: no complete read from ${from} to ${to}${why}`;
}

/** Entries come from the record of any version. */
function shown(event: AuditEvent, field: string): string {
  const value = event[field];
  return typeof value === "string" || typeof value === "number" ? String(value) : "-";
}
