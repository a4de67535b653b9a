const UNIT_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** `30s`, `5m`, `24h`, `7d`: a whole number and one unit. */
export function parseDurationMs(text: string): number | undefined {
  const found = /^(\d{1,9})([smhd])$/.exec(text);
  if (found === null) return undefined;
  const unit = found[2] as keyof typeof UNIT_MS;
  return Number(found[1]) * UNIT_MS[unit];
}

/** `34 s`, `12 min`, `3 h`, `41 d`: for people, rounded down. */
export function formatDuration(durationMs: number): string {
  if (durationMs < 60_000) return `${Math.floor(durationMs / 1_000)} s`;
  if (durationMs < 3_600_000) return `${Math.floor(durationMs / 60_000)} min`;
  if (durationMs < 172_800_000) return `${Math.floor(durationMs / 3_600_000)} h`;
  return `${Math.floor(durationMs / 86_400_000)} d`;
}
