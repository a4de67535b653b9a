import { dayOf, formatDuration, formatSpan } from "../../model/values/duration.ts";

/** `38s ago`; `-` for never. */
export function ago(at: string | null, nowMs: number): string {
  return at === null ? "-" : `${age(at, nowMs)} ago`;
}

/** `12m`: the time since then; a clock that is a little ahead counts as now. */
export function age(at: string, nowMs: number): string {
  return formatDuration(Math.max(0, nowMs - Date.parse(at)));
}

/** `12:44Z`, with its seconds where it has some, `12:40:10Z`, and with the date on another day. Always UTC. */
export function clockTime(at: string, nowMs: number): string {
  const second = clockSecond(at, nowMs);
  return second.endsWith(":00Z") ? `${second.slice(0, -":00Z".length)}Z` : second;
}

/** `12:40:00Z`: always with its seconds, for times that are compared with each other. */
export function clockSecond(at: string, nowMs: number): string {
  const [day = "", time = ""] = new Date(at).toISOString().split("T");
  return `${day === dayOf(nowMs) ? "" : `${day} `}${time.slice(0, 8)}Z`;
}

/** `1h 12m`, `45m`, `3d 4h`: the time until then; `0s` for what is past. */
export function left(until: string, nowMs: number): string {
  return formatSpan(Math.max(0, Date.parse(until) - nowMs));
}

/** `12:44Z (in 1h 12m)`: a deadline. */
export function deadline(until: string, nowMs: number): string {
  return `${clockTime(until, nowMs)} (in ${left(until, nowMs)})`;
}
