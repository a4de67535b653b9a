/** Choices that follow from a seed, so that a law's counter-example can be had again. */
export class Chance {
  #state: number;
  constructor(seed: number) {
    this.#state = (seed % 2_147_483_646) + 1;
  }

  /** From 0 to below 1. */
  next(): number {
    this.#state = (this.#state * 48_271) % 2_147_483_647;
    return this.#state / 2_147_483_647;
  }

  isIn(percent: number): boolean {
    return this.next() * 100 < percent;
  }

  of<T>(list: readonly [T, ...(readonly T[])] | readonly T[]): T {
    const found = list[Math.floor(this.next() * list.length)];
    if (found === undefined) throw new Error("nothing to choose from");
    return found;
  }
}
