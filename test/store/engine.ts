import type { OpenRecord } from "../../src/store/postgres/open.ts";
import type { StoreOptions } from "../../src/store/sqlite/open.ts";

/** The operations of every store, and the access of a test to the details of one. */
export interface Engine {
  readonly name: string;
  /** Called before another process opens the state directory first. */
  readonly prepare: (stateDir: string) => Promise<void>;
  readonly open: (options: StoreOptions) => Promise<OpenRecord>;
  /** Opens with space for about that many more bytes; null: a test cannot limit its space. */
  readonly openWithSpace: ((options: StoreOptions, bytes: number) => Promise<OpenRecord>) | null;
  /** What someone with access to the tables reads, or changes. */
  readonly run: (stateDir: string, sql: string) => Promise<readonly unknown[]>;
  /** The lines of the export, read as by a second process next to the first. */
  readonly readLines: (stateDir: string) => Promise<readonly string[]>;
}
