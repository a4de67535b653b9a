/** What may happen so often in each minute of the clock. */
export class MinuteBudget {
  readonly #limit: number;
  #minute = 0;
  #count = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Whether it is within the limit. */
  take(nowMs: number): boolean {
    const minute = Math.floor(nowMs / 60_000);
    this.#count = this.#minute === minute ? this.#count + 1 : 1;
    this.#minute = minute;
    return this.#count <= this.#limit;
  }
}

/** The same for each actor. */
export class ActorBudget {
  readonly #limit: number;
  #minute = 0;
  readonly #counts = new Map<string, number>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Whether it is within the limit of the actor. */
  take(actor: string, nowMs: number): boolean {
    const minute = Math.floor(nowMs / 60_000);
    if (this.#minute !== minute) this.#counts.clear();
    this.#minute = minute;
    const count = (this.#counts.get(actor) ?? 0) + 1;
    this.#counts.set(actor, count);
    return count <= this.#limit;
  }
}
