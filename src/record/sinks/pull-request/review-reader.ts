import type { ReviewReader, UnreadReviews } from "../../../controller/ports/reviews/reviews.ts";
import {
  approvalsIn,
  readMergeRequest,
  readMergeRequestCommit,
  requestPath,
} from "../../../network/forges/gitlab-approvals.ts";
import { REVIEWS } from "../../../network/forges/reviews.ts";
import { FORGES } from "../../../network/forges/status-form.ts";
import type { ReviewedRequest } from "../../../model/records/pull-requests/reviewed.ts";
import { err, ok, type Result } from "../../../model/values/result.ts";
import type { StatusTools } from "../commit-status/commit-status.ts";
import { retry } from "../sink.ts";
import { ForgeSession, Undelivered, type NotedRepository } from "./forge-session.ts";
import { requestsMergedBy } from "./merged-requests.ts";

/** Of longer lists nothing is known: the last entry may take an approval back. */
const MOST_PAGES = 20;
/** GitHub lists no more commits of a pull request. */
const MOST_COMMITS = 250;

/** Reads the reviews of merged pull requests with the token that writes their comments. */
export class ForgeReviewReader implements ReviewReader {
  readonly #repository: NotedRepository;
  readonly #tools: StatusTools;

  constructor(repository: NotedRepository, tools: StatusTools) {
    this.#repository = repository;
    this.#tools = tools;
  }

  async mergedInto(
    commit: string,
    signal: AbortSignal,
  ): Promise<Result<readonly ReviewedRequest[], UnreadReviews>> {
    const token = await this.#tools.token(signal);
    if (token.kind === "err") return err({ cause: token.error.cause, afterMs: 0 });
    const session = new ForgeSession(this.#repository, { ...this.#tools, token: token.value }, signal);
    try {
      const requests: ReviewedRequest[] = [];
      for (const number of await requestsMergedBy(commit, session))
        requests.push(await reviewedRequest(number, session));
      return ok(requests);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof Undelivered)) throw error;
      const { delivery } = error;
      const afterMs = delivery.kind === "retry" ? (delivery.afterMs ?? 0) : 0;
      return err({ cause: delivery.problem.cause, afterMs });
    }
  }
}

function reviewedRequest(number: number, session: ForgeSession): Promise<ReviewedRequest> {
  const { forge } = session.repository;
  return forge === "gitlab" ? mergeRequest(number, session) : pullRequest(number, forge, session);
}

async function pullRequest(
  number: number,
  forge: keyof typeof REVIEWS,
  session: ForgeSession,
): Promise<ReviewedRequest> {
  const form = REVIEWS[forge];
  const place = { repository: session.repository.repository, number };
  const read = (path: string): Promise<readonly unknown[]> => readPages(path, form.page, session);
  const facts = known(form.readRequest((await session.read(form.request(place))).json), session);
  const commits = (await read(form.commits(place))).map((one) => known(form.readCommit(one), session));
  const hasAll = commits.length <= MOST_COMMITS && (facts.commits ?? commits.length) === commits.length;
  if (!hasAll) throw unread(`its list of the commits of pull request ${number} is not complete`, session);
  const events = form.events === null ? [] : await read(form.events(place));
  const moves = events
    .map(form.retargetedAt)
    .filter((at) => at !== undefined)
    .map((at) => known(at, session));
  const reviews = (await read(form.reviews(place)))
    .map(form.readReview)
    .filter((one) => one !== undefined)
    .map((one) => known(one, session));
  const { head, authorId } = facts;
  return { number, head, authorId, reviews, commits, retargetedAt: moves.sort().at(-1) ?? null };
}

async function mergeRequest(number: number, session: ForgeSession): Promise<ReviewedRequest> {
  const path = requestPath(session.repository.repository, number);
  const page = (at: number): string => `per_page=100&page=${at}`;
  const { head, authorId } = known(readMergeRequest((await session.read(path)).json), session);
  const listed = await readPages(`${path}/commits`, page, session);
  const commits = listed.map((one) => known(readMergeRequestCommit(one), session));
  const versions = await readPages(`${path}/versions`, page, session);
  const reviewers = await readPages(`${path}/reviewers`, page, session);
  const approvals = (await session.read(`${path}/approvals`)).json;
  const reviews = known(approvalsIn({ approvals, versions, reviewers }, head), session);
  return { number, head, authorId, reviews, commits, retargetedAt: null };
}

/** Up to an empty page or one that repeats the last: a forge may leave entries out of a page, or show all of a list in each. */
async function readPages(
  path: string,
  fields: (page: number) => string,
  session: ForgeSession,
): Promise<readonly unknown[]> {
  const all: unknown[] = [];
  let last = "";
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const { json } = await session.read(`${path}?${fields(page)}`);
    if (!Array.isArray(json)) throw otherForm(session);
    const text = JSON.stringify(json);
    if (json.length === 0 || text === last) return all;
    all.push(...(json as readonly unknown[]));
    last = text;
  }
  throw unread(`a list has more than ${MOST_PAGES} pages, which are not read (${path})`, session);
}

function known<Value>(value: Value | null, session: ForgeSession): Value {
  if (value === null) throw otherForm(session);
  return value;
}

function otherForm(session: ForgeSession): Undelivered {
  return unread("it answers in another form than it documents", session);
}

function unread(why: string, { repository: { forge } }: ForgeSession): Undelivered {
  const cause = `${FORGES[forge].label}: ${why}`;
  return new Undelivered(retry({ cause, fix: "approve with the command" }));
}
