const MINUTE_MS = 60_000;

/** The messages sent in the last minute, by route. */
export class SendWindow {
  readonly #sentMs = new Map<string, readonly number[]>();

  /** The number of messages that may still be sent now. */
  left(route: string, { limit, nowMs }: { readonly limit: number; readonly nowMs: number }): number {
    return Math.max(0, limit - this.#recent(route, nowMs).length);
  }

  sent(route: string, nowMs: number): void {
    this.#sentMs.set(route, [...this.#recent(route, nowMs), nowMs]);
  }

  #recent(route: string, nowMs: number): readonly number[] {
    return (this.#sentMs.get(route) ?? []).filter((atMs) => nowMs - atMs < MINUTE_MS);
  }
}
