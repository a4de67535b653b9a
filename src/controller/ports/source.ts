import { hideCredentials } from "../../model/credential-text.ts";
import type { Revision } from "../../model/revision.ts";
import type { Commit, Snapshot } from "../../model/snapshot.ts";

/** Thrown by a source: names what is wrong and what fixes it; nothing was half read. */
export class SourceError extends Error {
  override readonly name = "SourceError";
  /** Kebab-case: `unreachable`, `auth-failed`, `not-found`, `timeout`, `too-large`, `refused-url`, `corrupt` … */
  readonly code: string;
  readonly fix: string;

  constructor(code: string, message: string, fix: string, cause?: unknown) {
    // URLs of the configuration and answers of servers are part of these messages.
    super(hideCredentials(message), { cause });
    this.code = code;
    this.fix = fix;
  }
}

/** How a revision stands to an earlier one. `rewritten`: neither contains the other; `rollback`: the new one is an ancestor. */
export type Relation = "first" | "same" | "forward" | "rollback" | "rewritten";

export interface Source {
  readonly name: string;
  /** The newest complete snapshot. @throws SourceError */
  latest(signal: AbortSignal): Promise<Snapshot>;
  /** The snapshot at a revision that was once accepted. @throws SourceError `not-found` when it is no longer to be had */
  at(revision: Revision, signal: AbortSignal): Promise<Snapshot>;
  /** How `to` stands to `from`, and the commits that `to` adds (newest first, at most 100). @throws SourceError */
  compare(
    from: Revision,
    to: Revision,
    signal: AbortSignal,
  ): Promise<{ readonly relation: Relation; readonly commits: readonly Commit[] }>;
  /** Calls `changed` when a fetch is worth it (a watched directory); git sources never do. Returns what ends it. */
  watch(changed: () => void): Promise<() => Promise<void>>;
}
