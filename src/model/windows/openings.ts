import { WEEKDAYS, type Schedule } from "./change-window.ts";
import { instantInZone, offsetsOf } from "./zone-time.ts";

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** Every opening recurs within a week, and none is longer than a day. */
const DAYS_AROUND = 8;

/** A time in which changes may be written. */
interface OpenTime {
  readonly window: string;
  /** In which the window was written. */
  readonly zone: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly overrunMs: number;
}

/** With its local times, which meet on the night of a clock change where the instants do not. */
interface LocalTime extends OpenTime {
  readonly fromWallMs: number;
  readonly toWallMs: number;
}

/** A schedule with the name of its window. */
export interface NamedSchedule extends Schedule {
  readonly name: string;
}

/** Whether one of several schedules is open at a time. */
export type WindowState =
  | { readonly kind: "open"; readonly now: OpenTime }
  /** `last`: the time that ended last. */
  | { readonly kind: "closed"; readonly last: OpenTime; readonly next: OpenTime };

/** @param schedules at least one; what is open in any of them is open */
export function windowStateAt(schedules: readonly NamedSchedule[], nowMs: number): WindowState {
  const times = joined(met(schedules.flatMap((schedule) => timesAround(schedule, nowMs))));
  const now = times.find(({ fromMs, toMs }) => fromMs <= nowMs && nowMs < toMs);
  if (now !== undefined) return { kind: "open", now };
  const last = times.findLast(({ toMs }) => toMs <= nowMs);
  const next = times.find(({ fromMs }) => fromMs > nowMs);
  if (last === undefined || next === undefined) throw new Error("a change window without an opening");
  return { kind: "closed", last, next };
}

/** When one of the schedules opens for the first time after an instant; null: one of them is always open. */
export function nextOpeningMs(schedules: readonly NamedSchedule[], afterMs: number): number | null {
  const state = windowStateAt(schedules, afterMs);
  if (state.kind === "closed") return state.next.fromMs;
  const afterEnd = windowStateAt(schedules, state.now.toMs);
  return afterEnd.kind === "closed" ? afterEnd.next.fromMs : null;
}

/** The openings of the week before and the week after. */
function timesAround(
  { name, zone, openings, overrunMs }: NamedSchedule,
  nowMs: number,
): readonly LocalTime[] {
  const offsetAt = offsetsOf(zone);
  const localMs = nowMs + offsetAt(nowMs);
  const today = Math.floor(localMs / DAY_MS);
  const days = Array.from({ length: 2 * DAYS_AROUND + 1 }, (_, at) => today + at - DAYS_AROUND);
  return days.flatMap((day) => {
    const weekday = WEEKDAYS[new Date(day * DAY_MS).getUTCDay()];
    return openings
      .filter((opening) => opening.day === weekday)
      .map(({ atMinute, lengthMs }) => {
        const fromWallMs = day * DAY_MS + atMinute * MINUTE_MS;
        const fromMs = instantInZone(fromWallMs, offsetAt);
        const toWallMs = fromWallMs + lengthMs;
        return { window: name, zone, fromWallMs, toWallMs, fromMs, toMs: fromMs + lengthMs, overrunMs };
      });
  });
}

/** A time lasts until the next one, if that begins at its local end: also if the clock is set back meanwhile. */
function met(times: readonly LocalTime[]): readonly OpenTime[] {
  return times.map(({ window, zone, fromWallMs, toWallMs, fromMs, toMs, overrunMs }) => {
    const following = times.filter(
      (next) => next.zone === zone && next.fromWallMs > fromWallMs && next.fromWallMs <= toWallMs,
    );
    const untilMs = Math.max(toMs, ...following.map((next) => next.fromMs));
    return { window, zone, fromMs, toMs: untilMs, overrunMs };
  });
}

/** In order; times that overlap or follow each other are one time, which ends as the last of them. */
function joined(times: readonly OpenTime[]): readonly OpenTime[] {
  const sorted = times.toSorted((a, b) => a.fromMs - b.fromMs || a.toMs - b.toMs);
  const all: OpenTime[] = [];
  for (const time of sorted) {
    const before = all.at(-1);
    if (before === undefined || before.toMs < time.fromMs) {
      all.push(time);
      continue;
    }
    const { toMs, overrunMs } = time.toMs + time.overrunMs > before.toMs + before.overrunMs ? time : before;
    const endMs = Math.max(before.toMs, time.toMs);
    all[all.length - 1] = { ...before, toMs: endMs, overrunMs: toMs + overrunMs - endMs };
  }
  return all;
}
