import type { Schema } from "./kept.ts";

/** An operation as the tests read it. */
export interface DescribedOperation {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  /** The names of its query parameters. */
  readonly query: readonly string[];
  /** null: it takes none. */
  readonly body: Schema | null;
  /** Of a success; null: the package does not have it. */
  readonly status: number | null;
  readonly answer: Schema;
}
