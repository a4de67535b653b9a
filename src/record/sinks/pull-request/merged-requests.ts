import { MERGED, type MergedPullRequest } from "../../../network/forges/merged.ts";
import { Undelivered, type ForgeSession } from "./forge-session.ts";

/** Of the commits of a revision, the newest: each is one request. */
const MOST_COMMITS = 50;
const MOST_REQUESTS = 20;
/** A forge does not know the commit; GitHub also answers 409 for a repository without commits. */
const UNKNOWN_COMMIT = [404, 422];

interface MergedRequests {
  /** Sorted. */
  readonly numbers: readonly number[];
  /** Of how many commits the list was too long: it may have others. */
  readonly unread: number;
}

/**
 * The numbers of the pull requests that were merged by these commits: into the branch that is applied, and with a commit
 * that is one of these. Others brought the commit at another time, or into another branch.
 */
export async function mergedRequests(
  commits: readonly string[],
  session: ForgeSession,
): Promise<MergedRequests> {
  const { forge, repository, branch } = session.repository;
  const { path, merged } = MERGED[forge];
  const ofRevision = new Set(commits);
  const found = new Set<number>();
  let [known, unread] = [0, 0];
  for (const commit of commits.slice(0, MOST_COMMITS)) {
    const list = await readList(path(repository, commit), session);
    if (list === "too-long") unread += 1;
    else if (!UNKNOWN_COMMIT.includes(list.status)) known += 1;
    if (list === "too-long") continue;
    for (const one of merged(list.json, repository))
      if (isOfRevision(one, ofRevision, branch)) found.add(one.number);
    if (found.size >= MOST_REQUESTS) break;
  }
  // A token that cannot see the repository gets the same answer as for a commit without a pull request.
  if (known + unread === 0 && commits.length > 0) await session.read(MERGED[forge].repository(repository));
  return { numbers: [...found].sort((a, b) => a - b).slice(0, MOST_REQUESTS), unread };
}

/**
 * The numbers of all pull requests whose merge into the branch that is applied made this commit.
 * @throws Undelivered also if the list is too long
 */
export async function requestsMergedBy(commit: string, session: ForgeSession): Promise<readonly number[]> {
  const { forge, repository, branch } = session.repository;
  const { path, merged } = MERGED[forge];
  const { status, json } = await session.read(path(repository, commit), UNKNOWN_COMMIT);
  if (UNKNOWN_COMMIT.includes(status)) {
    // Gitea has no pull request for this commit, or the token cannot see the repository.
    await session.read(MERGED[forge].repository(repository));
    return [];
  }
  const found = merged(json, repository).filter((one) => isOfRevision(one, new Set([commit]), branch));
  return [...new Set(found.map(({ number }) => number))].sort((a, b) => a - b);
}

/** People may open many long pull requests with a commit. */
async function readList(
  path: string,
  session: ForgeSession,
): Promise<{ readonly status: number; readonly json: unknown } | "too-long"> {
  try {
    return await session.read(path, UNKNOWN_COMMIT);
  } catch (error) {
    if (!(error instanceof Undelivered) || error.scope !== "one") throw error;
    return "too-long";
  }
}

function isOfRevision(
  { commits, branch: into }: MergedPullRequest,
  ofRevision: ReadonlySet<string>,
  branch: string | null,
): boolean {
  return (branch === null || into === branch) && commits.some((commit) => ofRevision.has(commit));
}
