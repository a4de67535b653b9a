/** Some changes as they are sent to a client. */
export interface Batch {
  /** Empty: the client selects none of the changes. */
  readonly bytes: Uint8Array;
  /** Of the last change. */
  readonly version: number;
}

/** What a batch is made from. */
export interface BatchOrigin {
  /** Its versions. */
  readonly feed: object;
  /** What is selected of it, and in which form. */
  readonly selection: string;
  /** The changes after that version. */
  readonly after: number;
}

/** Batches of the last seconds: watches that are further behind make theirs again. */
const KEPT_BYTES = 8_000_000;
/** Of a batch besides its lines. */
const ENTRY_BYTES = 300;

/**
 * Watches that select the same in the same form send the same bytes. They are made once and are in memory once, however
 * many watches send them, and also while clients that read slowly have not taken them.
 */
export class SharedBatches {
  readonly #numbers = new WeakMap<object, number>();
  /** The last used one is the last. */
  readonly #kept = new Map<string, Batch>();
  #last = 0;
  #bytes = 0;

  /** @param make null: there are no changes yet */
  of({ feed, selection, after }: BatchOrigin, make: () => Batch | null): Batch | null {
    const name = `${this.#numberOf(feed)} ${after} ${selection}`;
    const known = this.#kept.get(name);
    const batch = known ?? make();
    if (batch === null) return null;
    this.#kept.delete(name);
    this.#kept.set(name, batch);
    if (known === undefined) this.#bytes += sizeOf(name, batch);
    this.#forgetOld();
    return batch;
  }

  /** No one watches any more. */
  clear(): void {
    this.#kept.clear();
    this.#bytes = 0;
  }

  get keptBytes(): number {
    return this.#bytes;
  }

  #forgetOld(): void {
    for (const [name, batch] of this.#kept) {
      if (this.#bytes <= KEPT_BYTES) return;
      this.#kept.delete(name);
      this.#bytes -= sizeOf(name, batch);
    }
  }

  #numberOf(feed: object): number {
    const number = this.#numbers.get(feed) ?? (this.#last += 1);
    this.#numbers.set(feed, number);
    return number;
  }
}

function sizeOf(name: string, { bytes }: Batch): number {
  return bytes.length + name.length + ENTRY_BYTES;
}
