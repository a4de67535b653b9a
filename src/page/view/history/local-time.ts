import { UTC, type Zone } from "../../../text/zone.ts";

const HOUR_MS = 3_600_000;

/** `2026-11-30T14:05`, as an input for a time has it. */
export function localTime(instantMs: number, zone: Zone): string {
  return new Date(instantMs + zone.offsetMs(instantMs)).toISOString().slice(0, 16);
}

/** `2026-11-30` */
export function localDay(instantMs: number, zone: Zone): string {
  return localTime(instantMs, zone).slice(0, 10);
}

/** Of a time that clocks show twice the first, of one that they leave out the end of the gap; null: it is no such text. */
export function instantOfLocal(local: string, zone: Zone): number | null {
  const asUtc = Date.parse(`${local}Z`);
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/.test(local) || Number.isNaN(asUtc)) return null;
  const [before, after] = [-12, 12].map((hours) => asUtc - zone.offsetMs(asUtc + hours * HOUR_MS)) as [
    number,
    number,
  ];
  const fitting = [before, after].filter((instant) => localTime(instant, zone) === local);
  return fitting.length === 0 ? before : Math.min(...fitting);
}

export interface LocalPeriod {
  readonly sinceMs: number | null;
  /** Without this instant. */
  readonly untilMs: number | null;
}

/** From the first instant of a day to that of the next; null: it is no day. */
export function dayPeriod(day: string, zone: Zone): LocalPeriod | null {
  const sinceMs = instantOfLocal(`${day}T00:00`, zone);
  if (sinceMs === null) return null;
  const next = new Date(Date.parse(`${day}T00:00Z`) + 24 * HOUR_MS).toISOString().slice(0, 10);
  return { sinceMs, untilMs: instantOfLocal(`${next}T00:00`, zone) };
}

/** The day that is exactly this period; null: it is another period. */
export function dayOfPeriod({ sinceMs, untilMs }: LocalPeriod, zone: Zone): string | null {
  if (sinceMs === null || untilMs === null) return null;
  const day = localDay(sinceMs, zone);
  const period = dayPeriod(day, zone);
  return period?.sinceMs === sinceMs && period.untilMs === untilMs ? day : null;
}

/** `Europe/Berlin (UTC+01:00)`: the offset is that of this instant. `UTC` */
export function localZoneText(zone: Zone, instantMs: number): string {
  if (zone.name === UTC.name) return UTC.name;
  const minutes = Math.round(zone.offsetMs(instantMs) / 60_000);
  const two = (count: number): string => String(count).padStart(2, "0");
  const offset = `${two(Math.floor(Math.abs(minutes) / 60))}:${two(Math.abs(minutes) % 60)}`;
  return `${zone.name} (UTC${minutes < 0 ? "-" : "+"}${offset})`;
}

/** `2026-09-30 12:40:10 Europe/Berlin (UTC+02:00)` */
export function completeTime(instantMs: number, zone: Zone): string {
  const local = new Date(instantMs + zone.offsetMs(instantMs)).toISOString();
  return `${local.slice(0, 19).replace("T", " ")} ${localZoneText(zone, instantMs)}`;
}

/** Rows in their order, by the day of each. */
export function byDay<Row extends { readonly at: string }>(
  rows: readonly Row[],
  zone: Zone,
): readonly { readonly day: string; readonly rows: readonly Row[] }[] {
  const days = Map.groupBy(rows, ({ at }) => localDay(Date.parse(at), zone));
  return [...days].map(([day, ofDay]) => ({ day, rows: ofDay }));
}
