import type { Recorder } from "../ports/recorder.ts";

/** Reports to its listeners that something may have changed, not what. Without listeners it costs nothing. */
export class ChangeSignal {
  readonly #listeners = new Set<() => void>();

  /** @returns a function that ends it */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  changed(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** After each settlement, also one that could not be recorded completely. */
export function withSignal(recorder: Recorder, signal: ChangeSignal): Recorder {
  return { record: (settlement) => recorder.record(settlement).finally(() => signal.changed()) };
}
