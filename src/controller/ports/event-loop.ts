/** The one thread that the controller shares with the API, the webhook and the probes. */
export interface EventLoop {
  /** From a monotonic clock with any starting point. */
  elapsedMs(): number;
  /** Resolves after all work that is ready (requests, timers, other computations) has run once. */
  turn(): Promise<void>;
}
