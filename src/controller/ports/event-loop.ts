/** The one thread that the controller shares with the API, the webhook and the probes. */
export interface EventLoop {
  /** Of a clock that never goes back, from any starting point. */
  elapsedMs(): number;
  /** Resolves after everything that is ready (requests, timers, other computations) has run once. */
  turn(): Promise<void>;
}
