/** What the pull requests that were merged into a revision show of it. */
export interface PullRequestNote {
  /** The hash of the revision. */
  readonly commit: string;
  /** Hashes of the commits that the revision added, newest first: their merged pull requests get the note. */
  readonly commits: readonly string[];
  /** Markdown in which nothing that others wrote is markup. */
  readonly text: string;
  /** A pull request without a comment of ours gets none; missing: it gets one. */
  readonly onlyUpdates?: true;
}

/** The route of the outbox to the pull requests of a source. No route of the operator's file has a name with a colon. */
export function noteRouteName(source: string): string {
  return `pull-requests:${source}`;
}
