import { MERGED, type MergedPullRequest } from "../../../network/forges/merged.ts";
import type { ForgeSession } from "./forge-session.ts";

/** Of the commits of a revision, the newest: each is one request. */
const MOST_COMMITS = 50;
const MOST_REQUESTS = 20;
/** A forge does not know the commit; GitHub also answers 409 for a repository without commits. */
const UNKNOWN_COMMIT = [404, 422];

/**
 * The numbers of the pull requests that were merged by these commits, sorted: into the branch that is applied, and with a
 * commit that is one of these. Others brought the commit at another time, or into another branch.
 */
export async function mergedRequests(
  commits: readonly string[],
  session: ForgeSession,
): Promise<readonly number[]> {
  const { forge, repository, branch } = session.repository;
  const { path, merged } = MERGED[forge];
  const ofRevision = new Set(commits);
  const found = new Set<number>();
  let answered = 0;
  for (const commit of commits.slice(0, MOST_COMMITS)) {
    const { status, json } = await session.read(path(repository, commit), UNKNOWN_COMMIT);
    if (!UNKNOWN_COMMIT.includes(status)) answered += 1;
    for (const one of merged(json, repository))
      if (isOfRevision(one, ofRevision, branch)) found.add(one.number);
    if (found.size >= MOST_REQUESTS) break;
  }
  // A token that cannot see the repository gets the same answer as for a commit without a pull request.
  if (answered === 0 && commits.length > 0) await session.read(MERGED[forge].repository(repository));
  return [...found].sort((a, b) => a - b).slice(0, MOST_REQUESTS);
}

function isOfRevision(
  { commits, branch: into }: MergedPullRequest,
  ofRevision: ReadonlySet<string>,
  branch: string | null,
): boolean {
  return (branch === null || into === branch) && commits.some((commit) => ofRevision.has(commit));
}
