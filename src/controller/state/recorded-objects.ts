import type { ManifestObject } from "../../manifest/compile/objects.ts";

/**
 * Which objects the record has. It is known once this process has compared and written all of them, until a write may
 * have overwritten an object with an older one.
 *
 *   unknown ──replace()──► known ──replace(), or a pass that wrote next to it──► unknown
 */
export class RecordedObjects {
  #known: readonly ManifestObject[] | null = null;
  /** The beginnings and ends of writes of passes. */
  #passWrites = 0;

  /** Exactly the objects of the record; null: not known. */
  get known(): readonly ManifestObject[] | null {
    return this.#known;
  }

  /** @param all what the record has after the write; null: not known. If the write fails, it is not known either. */
  async replace(all: readonly ManifestObject[] | null, write: () => Promise<void>): Promise<void> {
    const before = this.#passWrites;
    this.#known = null;
    await write();
    if (this.#passWrites === before) this.#known = all;
  }

  /** A pass reads objects and writes them back: what a revision has written in between may be overwritten. */
  async observe(readAndWrite: () => Promise<void>): Promise<void> {
    const before = this.#known;
    this.#passWrites += 1;
    try {
      await readAndWrite();
    } finally {
      this.#passWrites += 1;
      if (this.#known !== before) this.#known = null;
    }
  }
}
