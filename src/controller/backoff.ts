const BASE_MS = 1_000;
const CAP_MS = 300_000;

/** Full jitter: 0 ≤ delay < 1 s × 2ⁿ, at most 5 min. `attempt` counts from 0; `random` is in [0, 1). */
export function backoffMs(attempt: number, random: number): number {
  const ceilingMs = Math.min(CAP_MS, BASE_MS * 2 ** Math.min(attempt, 30));
  return Math.floor(random * ceilingMs);
}
