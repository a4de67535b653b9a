import type { Hold } from "../answers/hold.ts";
import type { KeyView } from "../answers/key-view.ts";
import type { Orphan } from "../answers/orphan.ts";
import type { AccountId } from "../aws/ids.ts";
import type { Key } from "../keys/key.ts";
import type { Digest } from "../values/digest.ts";
import type { AccountRequests } from "./request-limits.ts";
import type { PassFault } from "./pass-fault.ts";

/**
 * What the passes of an account have found, for the answers of another process: without `live`, which takes megabytes and which
 * only the process that makes the passes has.
 */
export interface PassMemory {
  readonly accountId: AccountId;
  readonly views: ReadonlyMap<Key, KeyView>;
  readonly holds: readonly Hold[];
  readonly orphans: readonly Orphan[];
  /** Of the pending approvals, those that a person had rejected when the pass began. */
  readonly rejected: ReadonlySet<string>;
  /** Why the last pass could not read the account; null if it was read. */
  readonly failure: string | null;
  /** Set while passes end with an unexpected error. */
  readonly fault: PassFault | null;
  /** The account was read since it was assigned; the parts that this read left out, one sentence each. null: it was not read. */
  readonly unread: readonly string[] | null;
  /** Which changes in Git the passes have not compared; null: the last pass was over something else than what was in force. */
  readonly compared: ComparedChanges | null;
  /** At the end of the pass. */
  readonly requests: AccountRequests;
}

/** Of an account, after a pass over what was in force in the process that made it. */
export interface ComparedChanges {
  /** Of what was in force (`compilationDigest`). */
  readonly digest: Digest;
  /** The keys without a pass since this was in force. */
  readonly unobserved: readonly Key[];
  /** The keys that changed in Git, and were not compared since. */
  readonly uncompared: readonly Key[];
}

/** A memory as the record keeps it: its texts are stored before, and their digests name them. */
export interface PassMemoryRow {
  readonly accountId: AccountId;
  /** The version of the program that wrote it: another one may have other members. */
  readonly program: string;
  readonly text: string;
  /** Of all texts that it names. */
  readonly digests: readonly string[];
}
