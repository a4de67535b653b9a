import type { Namespace } from "../../../model/aws/ids.ts";
import type { Key } from "../../../model/keys/key.ts";
import type { MergedChange } from "../../../model/records/pull-requests/merged-change.ts";
import type { Revision } from "../../../model/values/revision.ts";

/** What became of a function or policy that a merged pull request changed. */
export type OutcomeKind =
  | "applied"
  | "deleted"
  /** The next two: nothing is written to its account. */
  | "matches"
  | "differs"
  | "changed-since"
  | "applying"
  | "deleting"
  | "no-function"
  | "held"
  | "window-closed"
  | "dependent"
  | "rejected"
  | "suspended"
  | "refused"
  | "invalid"
  | "failed"
  | "unread"
  | "no-account";

export interface NotedOutcome {
  readonly kind: OutcomeKind;
  /** null: the kind has all of it. */
  readonly why: string | null;
  /** The last revert of a change in AWS that the record has; null: none. */
  readonly revertedMs: number | null;
}

interface FollowedSource {
  /** The accepted revision. */
  readonly revision: Revision;
  /** As `SourceRecord.merged`. */
  readonly changes: readonly MergedChange[];
}

/** What the pull requests of each source are shown, and what passes of this process found of it. */
export class MergedMemory {
  readonly #sources = new Map<Namespace | null, FollowedSource>();
  readonly #outcomes = new Map<Key, NotedOutcome>();

  /** null: neither recorded nor read by this process. */
  of(namespace: Namespace | null): FollowedSource | null {
    return this.#sources.get(namespace) ?? null;
  }

  /** @param changed keys that the revision may declare otherwise: what was found of them before counts no more */
  recorded(namespace: Namespace | null, source: FollowedSource, changed: Iterable<Key>): void {
    this.#sources.set(namespace, source);
    for (const key of changed) this.#outcomes.delete(key);
  }

  outcome(key: Key): NotedOutcome | undefined {
    return this.#outcomes.get(key);
  }

  found(key: Key, outcome: NotedOutcome): void {
    this.#outcomes.set(key, outcome);
  }
}
