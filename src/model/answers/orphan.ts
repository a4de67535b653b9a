import type { Key } from "../keys/key.ts";

/** A role or policy with our tags that no manifest names, and why it is kept. */
export interface Orphan {
  /** null: no record knows it; only its tags mark it as ours. */
  readonly key: Key | null;
  readonly account: string;
  readonly arn: string;
  readonly since: string;
  readonly reason: string;
}
