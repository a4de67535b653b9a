import type { Key } from "../../keys/key.ts";
import type { Revision } from "../../values/revision.ts";

/** The functions and policies that a revision changed, until each is seen in AWS as the revision declares it. */
export interface FollowedKeys {
  readonly kind: "followed";
  /** Not seen as declared when the record was written; sorted, as the others. */
  readonly open: readonly Key[];
  /** Seen as declared before a newer revision was accepted. */
  readonly done: readonly Key[];
  /** A newer revision changed them before that, or it is not known whether it did. */
  readonly replaced: readonly Key[];
}

/** The keys of a revision that changed more than are followed. */
export interface UnfollowedKeys {
  readonly kind: "too-many";
  readonly count: number;
  /** Those of its own source: their number, and the first of them, sorted, for their names; missing in records of 0.1. */
  readonly own?: { readonly count: number; readonly named: readonly Key[] };
}

/** An accepted revision whose merged pull requests are shown what became of it. */
export interface MergedChange {
  readonly revision: Revision;
  readonly previous: Revision;
  /** Of a namespace source: of the platform, which was in force when this was accepted. Missing: none, or it is not known. */
  readonly platformRevision?: Revision;
  /** ISO 8601. */
  readonly acceptedAt: string;
  /** Hashes of the commits that it added, newest first, at most 100. */
  readonly commits: readonly string[];
  readonly keys: FollowedKeys | UnfollowedKeys;
  /** False: which functions it changed is not known exactly; they are among these. */
  readonly isExact: boolean;
  /** Those that the revision before did not declare, sorted; missing: none is known. */
  readonly added?: readonly Key[];
  /** Errors of documents that the revision before did not have: the first of them, and their number. */
  readonly errors: { readonly count: number; readonly shown: readonly string[] };
  /** No further note follows. */
  readonly isEnded: boolean;
}
