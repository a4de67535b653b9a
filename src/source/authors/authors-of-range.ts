import { SourceError } from "../../controller/ports/source.ts";
import { allAuthors, type Authors } from "../../model/authors.ts";
import type { ObjectId } from "../git/refs.ts";
import type { Repository } from "../git/repository.ts";
import { authorsByCommit, listCommits, MAX_COMMITS } from "./authors-between.ts";

/** All commits that lead from one to another, and who made them. @throws SourceError if they cannot be read, or are too many */
export async function authorsOfRange(
  repository: Repository,
  { from, to }: { readonly from: ObjectId; readonly to: ObjectId },
): Promise<{ readonly commits: readonly string[]; readonly authors: Authors }> {
  const listed = await listCommits(repository, { from, to, paths: { roots: [] } });
  if (listed.length > MAX_COMMITS)
    throw new SourceError({
      code: "too-large",
      message: `there are more than ${MAX_COMMITS} commits`,
      fix: "merge fewer commits together",
    });
  const byCommit = await authorsByCommit(repository, listed, to.hash);
  return { commits: listed.map(({ hash }) => hash), authors: allAuthors([...byCommit.values()]) };
}
