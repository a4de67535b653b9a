import { useSyncExternalStore } from "react";

/** The server's clock: a page on a machine with a wrong clock shows true ages. */
let offsetMs: number | null = null;
let nowMs = 0;
let stoppedMs: number | null = null;
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | null = null;

/** @param serverNow ISO 8601, `overview.status.now` @param receivedMs of `performance.now()` */
export function setServerTime(serverNow: string, receivedMs: number): void {
  offsetMs = Date.parse(serverNow) - receivedMs;
  tick();
}

/** Stops the clock of an exported site: every age is of this moment. @param at ISO 8601 */
export function stopClock(at: string): void {
  stoppedMs = Date.parse(at);
  nowMs = stoppedMs;
}

function tick(): void {
  if (stoppedMs !== null) return;

  nowMs = performance.now() + (offsetMs ?? Date.now() - performance.now());
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(tick, 1_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0 || timer === null) return;
    clearInterval(timer);
    timer = null;
  };
}

/** The server's time, which moves every second. Until the controller has answered it is the machine's. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => {
    if (nowMs === 0) nowMs = Date.now();
    return nowMs;
  });
}

/** The server's time of an instant of `performance.now()`. */
export function serverTimeOf(pageMs: number): number {
  if (stoppedMs !== null) return stoppedMs;
  return pageMs + (offsetMs ?? Date.now() - performance.now());
}
