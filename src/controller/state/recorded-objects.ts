import type { ManifestObject } from "../../manifest/compile/objects.ts";
import { Turns } from "../../model/values/turns.ts";

/**
 * Which objects the record has. It is known once this process has compared and written all of them, unless a later write
 * failed. A pass reads objects and writes them back, so its write and that of a revision run one after the other: otherwise
 * the pass would restore a document that the revision changed or removed, until the next push.
 */
export class RecordedObjects {
  #known: readonly ManifestObject[] | null = null;
  readonly #writes = new Turns();

  /** Exactly the objects of the record; null: not known. */
  get known(): readonly ManifestObject[] | null {
    return this.#known;
  }

  /** @param all what the record has after the write; null: not known. If the write fails, it is not known either. */
  replace(all: readonly ManifestObject[] | null, write: () => Promise<void>): Promise<void> {
    return this.#writes.inTurn(async () => {
      this.#known = null;
      await write();
      this.#known = all;
    });
  }

  /** A write of a pass changes no document. */
  observe(readAndWrite: () => Promise<void>): Promise<void> {
    return this.#writes.inTurn(readAndWrite);
  }
}
