/**
 * Turns of the event loop for those who share it. In each turn only the first few who wait go on: if all of them went on, as
 * with a setImmediate for each, one turn would take as long as their slices together, and requests would wait for it.
 */
export class SharedTurns {
  readonly #inOne: number;
  readonly #waiting: (() => void)[] = [];

  /** @param inOne how many go on in one turn */
  constructor(inOne: number) {
    this.#inOne = inOne;
  }

  /** Resolves in a later turn, in the order of the calls. */
  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      if (this.#waiting.length === 1) this.#schedule();
    });
  }

  #schedule(): void {
    setImmediate(() => {
      for (const resolve of this.#waiting.splice(0, this.#inOne)) resolve();
      if (this.#waiting.length > 0) this.#schedule();
    });
  }
}
