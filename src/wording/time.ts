import type { Zone } from "../text/zone.ts";
import { dayOf, formatDuration, formatSpan } from "../model/values/duration.ts";

/** `38s ago`; `-` for never. */
export function ago(at: string | null, nowMs: number): string {
  return at === null ? "-" : `${age(at, nowMs)} ago`;
}

/** `12m`: the time since then; a clock that is a little ahead counts as now. */
export function age(at: string, nowMs: number): string {
  return formatDuration(Math.max(0, nowMs - Date.parse(at)));
}

/** What clocks show. Without a zone, times are in UTC and end with Z; with one, the screen states it. */
export interface ScreenClock {
  readonly nowMs: number;
  readonly zone?: Zone | undefined;
}

/** `12:44Z`, with its seconds where it has some, `12:40:10Z`, and with the date on another day. */
export function clockTime(at: string, clock: number | ScreenClock): string {
  return clockSecond(at, clock).replace(/(:\d\d):00(Z?)$/, "$1$2");
}

/** `2026-12-01 08:30Z`: windows open at full minutes. */
export function dateTime(at: string): string {
  return `${at.slice(0, 10)} ${at.slice(11, 16)}Z`;
}

/** `12:40:00Z`: always with its seconds, for times that are compared with each other. */
export function clockSecond(at: string, clock: number | ScreenClock): string {
  const { nowMs, zone }: ScreenClock = typeof clock === "number" ? { nowMs: clock } : clock;
  const local = (ms: number): number => ms + (zone?.offsetMs(ms) ?? 0);
  const [day = "", time = ""] = new Date(local(Date.parse(at))).toISOString().split("T");
  return `${day === dayOf(local(nowMs)) ? "" : `${day} `}${time.slice(0, 8)}${zone === undefined ? "Z" : ""}`;
}

/** `1h 12m`, `45m`, `3d 4h`: the time until then; `0s` for what is past. */
export function left(until: string, nowMs: number): string {
  return formatSpan(Math.max(0, Date.parse(until) - nowMs));
}

/** `12:44Z (in 1h 12m)`: a deadline. */
export function deadline(until: string, nowMs: number): string {
  return `${clockTime(until, nowMs)} (in ${left(until, nowMs)})`;
}
