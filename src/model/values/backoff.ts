/** The waits between repeated attempts. */
export interface Backoff {
  /** The longest wait after the first failure; each further failure doubles it. */
  readonly firstMs: number;
  readonly longestMs: number;
  /** The random part of the wait, so that many clients do not return together: all of it, or one half. */
  readonly jitter: "full" | "half";
}

/** The wait before the next attempt. `failures` counts those before the last one; `random` is in [0, 1). */
export function backoffMs({ firstMs, longestMs, jitter }: Backoff, failures: number, random: number): number {
  const ceilingMs = Math.min(longestMs, firstMs * 2 ** Math.min(failures, 30));
  return Math.floor(jitter === "full" ? random * ceilingMs : ((1 + random) * ceilingMs) / 2);
}

/** The pause that a `Retry-After` asks for; null: none. Only seconds: a date would depend on the clock of the server. */
export function retryAfterMs(header: string | null): number | null {
  return header === null || !/^\d{1,9}$/.test(header) ? null : Number(header) * 1_000;
}
