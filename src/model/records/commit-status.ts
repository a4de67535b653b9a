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

/** All states of a commit belong to one incident, which ends with the last state. */
export function statusIncident(source: string, commit: string): string {
  return `commit-status/${source}/${commit}`;
}

/** The source of such an incident; null: the incident is another one. */
export function sourceOfStatus(incident: string): string | null {
  return /^commit-status\/(.*)\/[0-9a-f]+$/.exec(incident)?.[1] ?? null;
}
