/** `superseded`: a newer commit was accepted before this one was completely applied. */
export type CommitState = "pending" | "success" | "failure" | "superseded";

/** What a forge shows of one commit. */
export interface CommitStatus {
  readonly commit: string;
  readonly state: CommitState;
  /** One line. */
  readonly text: string;
}

/** The route of the outbox to the forge of a source. No route of the operator's file has a name with a colon. */
export function statusRouteName(source: string): string {
  return `commit-status:${source}`;
}
