/** The UTC offset of a time zone, in milliseconds, at an instant. */
export type OffsetAt = (ms: number) => number;

const DAY_MS = 86_400_000;
/** Abbreviations such as `EST` have no daylight saving time, which few who write them want. */
const ZONE_NAME = /^(?:UTC|[A-Za-z_]+(?:\/[A-Za-z0-9_+-]+){1,2})$/;

/** Whether the platform's time zone database has the zone. */
export function isZone(name: string): boolean {
  if (!ZONE_NAME.test(name)) return false;
  try {
    formatOf(name);
    return true;
  } catch (cause) {
    if (cause instanceof RangeError) return false;
    throw cause;
  }
}

/** The names of zones, for hints. */
export function zoneNames(): readonly string[] {
  return ["UTC", ...Intl.supportedValuesOf("timeZone")];
}

/** @throws RangeError for a zone that `isZone` does not accept */
export function offsetsOf(zone: string): OffsetAt {
  const format = formatOf(zone);
  return (ms) => {
    const parts = new Map(format.formatToParts(ms).map(({ type, value }) => [type, Number(value)]));
    const of = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
    const wallMs = Date.UTC(of("year"), of("month") - 1, of("day"), of("hour"), of("minute"), of("second"));
    return wallMs - Math.floor(ms / 1_000) * 1_000;
  };
}

function formatOf(zone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    calendar: "iso8601",
    numberingSystem: "latn",
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
}

/**
 * The instant of a local time, given as if it were UTC. If a clock change repeats the time, the first occurrence
 * counts; if it skips the time, the instant is later by the length of the skip.
 */
export function instantInZone(wallMs: number, offsetAt: OffsetAt): number {
  const [before, after] = [offsetAt(wallMs - DAY_MS), offsetAt(wallMs + DAY_MS)];
  const found = [wallMs - before, wallMs - after].find((ms) => ms + offsetAt(ms) === wallMs);
  return found ?? wallMs - before;
}
