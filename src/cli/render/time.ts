import { formatDuration } from "../../model/duration.ts";

/** `38 s ago`; `-` for never. */
export function ago(at: string | null, nowMs: number): string {
  return at === null ? "-" : `${age(at, nowMs)} ago`;
}

/** `12 min`: how long since; a clock that is a little ahead counts as now. */
export function age(at: string, nowMs: number): string {
  return formatDuration(Math.max(0, nowMs - Date.parse(at)));
}

/** `12:44 UTC`, of another day `2026-10-01 12:44 UTC`. */
export function clockTime(at: string, nowMs: number): string {
  const [day = "", time = ""] = new Date(at).toISOString().split("T");
  const isToday = day === new Date(nowMs).toISOString().slice(0, 10);
  return `${isToday ? "" : `${day} `}${time.slice(0, 5)} UTC`;
}

/** `1 h 12 m`, `45 m`, `3 d 4 h`: how long until; `0 m` for what is past. */
export function left(until: string, nowMs: number): string {
  const minutes = Math.max(0, Math.floor((Date.parse(until) - nowMs) / 60_000));
  const [days, hours, rest] = [Math.floor(minutes / 1_440), Math.floor(minutes / 60) % 24, minutes % 60];
  if (days > 0) return `${days} d ${hours} h`;
  return hours > 0 ? `${hours} h ${rest} m` : `${rest} m`;
}
