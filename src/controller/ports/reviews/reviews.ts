import type { Namespace } from "../../../model/aws/ids.ts";
import type { ReviewedRequest } from "../../../model/records/pull-requests/reviewed.ts";
import type { Result } from "../../../model/values/result.ts";

/** Why the reviews cannot be read. */
export interface UnreadReviews {
  /** Without the token. */
  readonly cause: string;
  /** When the forge may be asked again. */
  readonly afterMs: number;
}

/** The merged pull requests of one repository, with their reviews. Reads only. */
export interface ReviewReader {
  /**
   * The pull requests whose merge into the branch that is applied made this commit. A list is complete, or the answer is
   * an error: a review that was not read may take an approval back.
   */
  mergedInto(commit: string, signal: AbortSignal): Promise<Result<readonly ReviewedRequest[], UnreadReviews>>;
}

/** A person of a forge, with the rights of a token. */
export interface ForgeReviewer {
  /** Of the forge, immutable. */
  readonly accountId: number;
  /** The name of the token. */
  readonly actor: string;
  /** In lower case. */
  readonly mails: readonly string[];
  readonly namespaces: "all" | ReadonlySet<string>;
  /** When the token expires. */
  readonly endsMs: number;
}

/** A source whose changes may be approved by reviews. */
export interface ReviewedSource {
  /** null: the platform source. */
  readonly namespace: Namespace | null;
  /** `github` */
  readonly forge: string;
  readonly reader: ReviewReader;
  readonly listed: readonly ForgeReviewer[];
}
