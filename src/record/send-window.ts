/** So many messages a minute a route gets one by one. */
const A_MINUTE = 6;
const MINUTE_MS = 60_000;

/** What was sent in the last minute, by route. */
export class SendWindow {
  readonly #sentMs = new Map<string, readonly number[]>();

  /** How many more may be sent now. */
  left(route: string, nowMs: number): number {
    return Math.max(0, A_MINUTE - this.#recent(route, nowMs).length);
  }

  sent(route: string, nowMs: number): void {
    this.#sentMs.set(route, [...this.#recent(route, nowMs), nowMs]);
  }

  #recent(route: string, nowMs: number): readonly number[] {
    return (this.#sentMs.get(route) ?? []).filter((atMs) => nowMs - atMs < MINUTE_MS);
  }
}
