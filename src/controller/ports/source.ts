import { hideCredentials } from "../../model/values/credential-text.ts";
import type { Namespace } from "../../model/aws/ids.ts";
import type { Revision } from "../../model/values/revision.ts";
import type { ChangeAuthors } from "../../model/authors.ts";
import type { Commit, Snapshot } from "../../model/snapshot.ts";
import type { ReviewedContent } from "../../model/records/pull-requests/reviewed.ts";
import type { Result } from "../../model/values/result.ts";
import type { Verification } from "../../model/verification.ts";

interface SourceProblem {
  /** The name of the source, if the source is known. */
  readonly source?: string;
  /** Kebab-case: `unreachable`, `auth-failed`, `not-found`, `timeout`, `too-large`, `refused-url`, `corrupt` … */
  readonly code: string;
  readonly message: string;
  readonly fix: string;
}

/** Why the newest revision is not in force. `refused`: it was fetched, and its content is refused. */
export interface SourceFailure {
  /** Without the name of the source, which screens show next to it. */
  readonly message: string;
  readonly fix: string;
  readonly refused: boolean;
}

/** Why a source cannot answer, with its fix. A snapshot is never read in part. */
export class SourceError extends Error {
  override readonly name = "SourceError";
  readonly code: string;
  readonly fix: string;
  /** The message without the name of the source, for screens that show the name next to it. */
  readonly text: string;

  constructor({ source, code, message, fix }: SourceProblem, cause?: unknown) {
    // Messages may contain URLs from the configuration and answers of servers.
    const text = hideCredentials(message);
    super(source === undefined ? text : `source "${source}": ${text}`, { cause });
    this.code = code;
    this.fix = fix;
    this.text = text;
  }
}

/** How a revision relates to an earlier one. `rewritten`: neither contains the other; `older`: the new one is an ancestor; `moved`: forward, but under the version of the earlier one. */
export type Relation = "first" | "same" | "forward" | "moved" | "older" | "rewritten";

/** What leads from one revision to another. */
export interface RevisionStep {
  readonly relation: Relation;
  /** That the later one adds, newest first, at most 100. */
  readonly commits: readonly Commit[];
  /** Of the earlier one that the later one lacks, newest first, at most 100; missing: none, or they cannot be read any more. */
  readonly dropped?: readonly Commit[];
  /** Of what differs. Known only for a step forward: what a force-push removes, or a branch that was moved back, has no author. */
  readonly authors: ChangeAuthors;
}

/** The commits that are new in a revision. */
export interface RevisionRange {
  /** The accepted revision, whose history counts as verified; null: there is none. */
  readonly from: Revision | null;
  /** Other revisions that an operator approved: they and their histories count as verified. */
  readonly approved: readonly Revision[];
  readonly to: Revision;
}

/** A revision that a pull request made, and its newest commit, which may be in no branch. */
export interface MergedHead {
  /** The revision before. */
  readonly from: Revision;
  readonly to: Revision;
  /** A hash. */
  readonly head: string;
}

/** A source that holds the manifests of one namespace. Its paths and revisions begin with the namespace (`withPrefix`). */
export interface NamespaceSource {
  readonly namespace: Namespace;
  readonly source: Source;
  readonly intervalMs: number;
}

export type SourceAnswer<Value> = Promise<Result<Value, SourceError>>;

export interface Source {
  readonly name: string;
  /** The newest complete snapshot. */
  latest(signal: AbortSignal): SourceAnswer<Snapshot>;
  /** The snapshot at a formerly accepted revision; `not-found` if it is no longer available. */
  at(revision: Revision, signal: AbortSignal): SourceAnswer<Snapshot>;
  /** How `to` relates to `from`; null: it is the first one, and has no commits of a step. */
  compare(from: Revision | null, to: Revision, signal: AbortSignal): SourceAnswer<RevisionStep>;
  /** What the signatures of the new commits prove, with the operator's keys; an error such as `keys-unusable`. */
  verify(range: RevisionRange, signal: AbortSignal): SourceAnswer<Verification>;
  /** What Git has of the newest commit of a pull request. Missing: the source has no commits. */
  readonly reviewed?: (merge: MergedHead, signal: AbortSignal) => SourceAnswer<ReviewedContent>;
  /** Calls `changed` when a fetch is useful (a watched directory); git sources never do. Returns the function that ends it. */
  watch(changed: () => void): Promise<() => Promise<void>>;
}
