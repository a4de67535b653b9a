import { pause } from "../pause.ts";
import type { QueueState } from "./state.ts";

const LOOK_MS = 10;

/** Returns when the queue has a message that can be received, the time is over, or the signal aborts. */
export async function waitForMessages(
  queue: () => QueueState | undefined,
  {
    waitMs,
    nowMs,
    signal,
  }: { readonly waitMs: number; readonly nowMs: () => number; readonly signal: AbortSignal },
): Promise<void> {
  const endMs = performance.now() + waitMs;
  const isEmpty = (): boolean =>
    queue()?.messages.every(({ hiddenUntilMs }) => hiddenUntilMs > nowMs()) ?? false;
  while (!signal.aborted && performance.now() < endMs && isEmpty()) await pause(LOOK_MS, signal);
}
