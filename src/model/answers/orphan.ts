import type { Key } from "../keys/key.ts";

/** A role or policy with our tags, or a statement with our Sid, that no manifest names, and why it is kept. */
export interface Orphan {
  /** null: no record knows it; only its tags mark it as ours. */
  readonly key: Key | null;
  readonly account: string;
  /** Of a statement: `FUNCTION-ARN#SID`. */
  readonly arn: string;
  readonly since: string;
  readonly reason: string;
}
