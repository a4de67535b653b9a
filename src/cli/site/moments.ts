/** The times that an export has of what the controller read and recorded. */
export class Moments {
  #newest: string | null = null;
  #oldestReading: string | null = null;

  /** ISO 8601; null: it has not happened. */
  see(at: string | null): void {
    if (at !== null && (this.#newest === null || at > this.#newest)) this.#newest = at;
  }

  /** A reading of a function: everything that is shown of it is of then. */
  seeReading(at: string | null): void {
    this.see(at);
    if (at !== null && (this.#oldestReading === null || at < this.#oldestReading)) this.#oldestReading = at;
  }

  get newest(): string | null {
    return this.#newest;
  }

  get oldestReading(): string | null {
    return this.#oldestReading;
  }
}
