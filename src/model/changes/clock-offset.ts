/** How far AWS's clock is ahead of the clock of this machine: a value between the two. */
export interface ClockOffset {
  readonly minMs: number;
  readonly maxMs: number;
  /** The clock of this machine was set meanwhile, so that its times may not be in order. */
  readonly wasSet: boolean;
}

export const SAME_CLOCK: ClockOffset = { minMs: 0, maxMs: 0, wasSet: false };
/** With a larger difference, no one is named with certainty. */
const MOST_OFFSET_MS = 5_000;

/** Every offset of both; null: one of them is not known. */
export function spannedOffset(
  a: ClockOffset | null | undefined,
  b: ClockOffset | null | undefined,
): ClockOffset | null {
  if (!a || !b) return null;
  const areDisjoint = a.maxMs < b.minMs || b.maxMs < a.minMs;
  return {
    minMs: Math.min(a.minMs, b.minMs),
    maxMs: Math.max(a.maxMs, b.maxMs),
    wasSet: a.wasSet || b.wasSet || areDisjoint,
  };
}

/** The difference of the clocks is known and small. */
export function isSmallOffset(offset: ClockOffset | null): offset is ClockOffset {
  return offset !== null && offset.minMs >= -MOST_OFFSET_MS && offset.maxMs <= MOST_OFFSET_MS;
}

/** Whole seconds that AWS's clock is ahead of this machine; negative: behind. The largest difference that may be. */
export function offsetSeconds({ minMs, maxMs }: ClockOffset): number {
  return Math.round((Math.abs(minMs) > Math.abs(maxMs) ? minMs : maxMs) / 1_000);
}

/** `the clock of the controller is 10 minutes behind AWS's` */
export function offsetText(offset: ClockOffset, machine = "the controller"): string {
  return secondsText(offsetSeconds(offset), machine);
}

/** @param seconds that AWS's clock is ahead */
export function secondsText(seconds: number, machine = "the controller"): string {
  const side = seconds > 0 ? "behind" : "ahead of";
  return `the clock of ${machine} is ${timeText(Math.abs(seconds))} ${side} AWS's`;
}

function timeText(seconds: number): string {
  const [count, unit] = seconds < 120 ? [seconds, "second"] : [Math.round(seconds / 60), "minute"];
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}
