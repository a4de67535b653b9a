export const UNIT_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** 100 years. A date that far in the past or in the future still has a year of four digits. */
const LONGEST_MS = 36_500 * UNIT_MS.d;

/** `30s`, `5m`, `24h`, `7d`: a whole number and one unit, at most 36500d. */
export function parseDurationMs(text: string): number | undefined {
  const found = /^(\d{1,9})([smhd])$/.exec(text);
  if (found === null) return undefined;
  const unit = found[2] as keyof typeof UNIT_MS;
  const ms = Number(found[1]) * UNIT_MS[unit];
  return ms <= LONGEST_MS ? ms : undefined;
}

/** `34s`, `12m`, `3h`, `41d`: for people, rounded down to one unit. */
export function formatDuration(durationMs: number): string {
  if (durationMs < 60_000) return `${Math.floor(durationMs / 1_000)}s`;
  if (durationMs < 3_600_000) return `${Math.floor(durationMs / 60_000)}m`;
  if (durationMs < 172_800_000) return `${Math.floor(durationMs / 3_600_000)}h`;
  return `${Math.floor(durationMs / 86_400_000)}d`;
}

const UNITS = ["d", "h", "m", "s"] as const;

/** `5m 12s`, `1h 12m`, `3d`: for people, rounded down to two units; a second unit of zero is left out. */
export function formatSpan(durationMs: number): string {
  const first = largestUnit(durationMs);
  const count = Math.floor(durationMs / UNIT_MS[first]);
  const next = nextUnit(first);
  const rest = next === undefined ? 0 : Math.floor((durationMs % UNIT_MS[first]) / UNIT_MS[next]);
  return rest === 0 ? `${count}${first}` : `${count}${first} ${rest}${next}`;
}

/** The same as `formatSpan`, rounded up: a text such as "for at most 5m 13s" must be true. */
export function formatUpperBound(durationMs: number): string {
  const first = largestUnit(durationMs);
  const smallestMs = UNIT_MS[nextUnit(first) ?? first];
  return formatSpan(Math.ceil(durationMs / smallestMs) * smallestMs);
}

type DurationUnit = (typeof UNITS)[number];

function largestUnit(durationMs: number): DurationUnit {
  return UNITS.find((unit) => durationMs >= UNIT_MS[unit]) ?? "s";
}

function nextUnit(unit: DurationUnit): DurationUnit | undefined {
  return UNITS[UNITS.indexOf(unit) + 1];
}

/** `2026-11-28`: the day of an instant, in UTC. */
export function dayOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}
