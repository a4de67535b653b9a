/** The one thread that the controller shares with the API, the webhook and the probes. */
export interface EventLoop {
  /** From a monotonic clock with any starting point. */
  elapsedMs(): number;
  /**
   * Resolves after all requests and timers that are ready have run, and the others that called this before: only some of
   * the callers go on in one turn, in the order of their calls.
   */
  turn(): Promise<void>;
}
