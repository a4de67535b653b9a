import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach } from "@jest/globals";
import type { OpenRecord } from "../../src/store/postgres/open.ts";

/** State directories and stores of one test file, gone after each test. */
export class Places {
  readonly #folders: string[] = [];
  readonly #stores: Pick<OpenRecord, "store">[] = [];

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
  keep<Opened extends Pick<OpenRecord, "store">>(opened: Opened): Opened {
    this.#stores.push(opened);
    return opened;
  }

  /** Closes it now. */
  async close(opened: Pick<OpenRecord, "store">): Promise<void> {
    this.#stores.splice(this.#stores.indexOf(opened), 1);
    await opened.store.close();
  }
}
