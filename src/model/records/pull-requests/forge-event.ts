import type { CommitStatus } from "../commit-status.ts";
import type { PullRequestNote } from "./note.ts";

/** What a forge shows, and no receiver of alerts gets. */
export type ForgeEvent =
  /** For the forge of the source, which shows it next to the commit. */
  | ({
      readonly kind: "commit-status";
      readonly incident: string;
      readonly source: string;
      /** The commit was accepted, held or refused now; false: news of a commit, which has none after its last state. */
      readonly isNew: boolean;
    } & CommitStatus)
  /** For the pull requests that were merged into a revision. */
  | ({
      readonly kind: "pull-request-note";
      readonly incident: string;
      readonly source: string;
      /** The first note about the revision; false: news of it, of which there are none after its last note. */
      readonly isNew: boolean;
      readonly isLast: boolean;
    } & PullRequestNote);
