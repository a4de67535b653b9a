import { SourceError } from "../controller/ports/source.ts";
import { NO_CHANGE_AUTHORS } from "../model/authors.ts";
import type { ReviewedContent } from "../model/records/pull-requests/reviewed.ts";
import { authorsOfRange } from "./authors/authors-of-range.ts";
import { gitFailure } from "./git/failure.ts";
import { isAncestor } from "./git/history.ts";
import type { ObjectId } from "./git/refs.ts";
import { gitAnswer, succeeded, type Repository } from "./git/repository.ts";

interface MergedCommits {
  /** Of the revision before. */
  readonly from: ObjectId;
  readonly to: ObjectId;
  /** The newest commit of the pull request. */
  readonly head: ObjectId;
}

/** Compares a revision with the newest commit of its pull request. All three commits are in the mirror. */
export async function reviewedContent(
  repository: Repository,
  { from, to, head }: MergedCommits,
): Promise<ReviewedContent> {
  const isOnTop =
    from.algorithm === head.algorithm && (await isAncestor(repository, { older: from, newer: head }));
  const isSame =
    to.algorithm === head.algorithm && (await treeOf(repository, to)) === (await treeOf(repository, head));
  if (!isOnTop || !isSame) return { isSame, isOnTop, commits: [], authors: NO_CHANGE_AUTHORS };
  return { isSame, isOnTop, ...(await authorsOfRange(repository, { from, to: head })) };
}

/** Of all files of the repository, not only of the declared paths. */
async function treeOf(repository: Repository, { hash }: ObjectId): Promise<string> {
  const { outcome, text } = await gitAnswer(repository, ["rev-parse", "--verify", `${hash}^{tree}`]);
  if (succeeded(outcome)) return text.trim();
  throw gitFailure(repository, `read the files of ${hash}`, outcome);
}

export function noSuchHead(source: string, hash: string): SourceError {
  return new SourceError({
    source,
    code: "not-found",
    message: `the reviewed commit ${hash} is neither in the mirror nor on the server`,
    fix: "let the server allow fetching a commit by its hash (uploadpack.allowAnySHA1InWant)",
  });
}
