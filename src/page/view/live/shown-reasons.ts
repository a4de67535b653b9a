/** Which part of a screen states a reason: the first one that had it. The others only refer to it. */
export class ShownReasons {
  readonly #partsOf = new Map<string, readonly string[]>();
  readonly #listeners = new Set<() => void>();

  /** @returns ends it */
  add(reason: string, part: string): () => void {
    this.#set(reason, [...this.#of(reason), part]);
    return () =>
      this.#set(
        reason,
        this.#of(reason).filter((one) => one !== part),
      );
  }

  /** Whether another part states it. */
  isStatedBefore(reason: string, part: string): boolean {
    const [first] = this.#of(reason);
    return first !== undefined && first !== part;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  #of(reason: string): readonly string[] {
    return this.#partsOf.get(reason) ?? [];
  }

  #set(reason: string, parts: readonly string[]): void {
    this.#partsOf.set(reason, parts);
    for (const listener of this.#listeners) listener();
  }
}
