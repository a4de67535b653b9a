export interface Clock {
  nowMs(): number;
  /** Resolves after that time, or rejects with the signal's reason. */
  sleep(durationMs: number, signal: AbortSignal): Promise<void>;
}
