import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach } from "@jest/globals";
import type { OpenStore } from "../../src/store/sqlite/open.ts";

/** State directories and stores of one test file, gone after each test. */
export class Places {
  readonly #folders: string[] = [];
  readonly #stores: OpenStore[] = [];

  constructor() {
    afterEach(async () => {
      for (const { store } of this.#stores.splice(0)) await store.close();
      for (const folder of this.#folders.splice(0)) await rm(folder, { recursive: true });
    });
  }

  async folder(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), "store-"));
    this.#folders.push(folder);
    return folder;
  }

  /** Closes it after the test. */
  keep(opened: OpenStore): OpenStore {
    this.#stores.push(opened);
    return opened;
  }

  /** Closes it now. */
  async close(opened: OpenStore): Promise<void> {
    this.#stores.splice(this.#stores.indexOf(opened), 1);
    await opened.store.close();
  }
}
