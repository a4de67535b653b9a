import { beginningOf, cutText } from "../../../text/cut.ts";
import type { CommitStatus } from "../../../model/records/commit-status.ts";
import type { SinkProblem } from "../../../model/records/alert-route-state.ts";
import type { Result } from "../../../model/values/result.ts";
import { type HttpAnswer, readAnswer } from "../../../network/http-post.ts";
import { postOnce, type HttpTools } from "../http-post.ts";
import { delivered, retry, type Delivery, type Outgoing, type Sink } from "../sink.ts";
import { FORGES, type ForgeSettings } from "../../../network/forges/status-form.ts";
import { plainLine } from "../../names.ts";
import { forgeMessage } from "../../../network/forges/message.ts";
import { BUSY_FIX, isRateLimit } from "../../../network/forges/rate-limit.ts";

export interface StatusTools extends HttpTools {
  /** Read, or made, for each message. */
  readonly token: (signal: AbortSignal) => Promise<Result<string, SinkProblem>>;
}

/**
 * Shows the state of a commit on its forge. The outbox delivers the states of a source in order, so that the last one
 * counts: a later state of a commit never comes before an earlier one.
 */
export class CommitStatusSink implements Sink {
  /** Each state is sent by itself: no limit counts, and messages are never combined. */
  readonly acceptsDigests = false;
  /** A forge gives its statuses no names by which the outbox would know them. */
  readonly updatesInPlace = false;
  readonly refresh = null;
  readonly #settings: ForgeSettings;
  readonly #tools: StatusTools;

  constructor(settings: ForgeSettings, tools: StatusTools) {
    this.#settings = settings;
    this.#tools = tools;
  }

  async deliver({ message }: Outgoing, signal: AbortSignal): Promise<Delivery> {
    const status = "commitStatus" in message ? message.commitStatus : undefined;
    if (status === undefined)
      return { kind: "refused", problem: { cause: "the message has no state of a commit", fix: "none" } };
    const token = await this.#tools.token(signal);
    if (token.kind === "err") return retry(token.error);
    const { forge, apiUrl, repository } = this.#settings;
    const { path, headers } = FORGES[forge];
    const request = {
      url: `${apiUrl}${path(repository, status.commit)}`,
      body: JSON.stringify(this.#bodyOf(status)),
      headers: { ...headers(token.value), "content-type": "application/json" },
    };
    const answer = await postOnce(request, this.#tools, signal);
    if (answer.kind === "err") return retry(answer.error);
    if (answer.value.status < 300 && answer.value.status >= 200)
      return delivered(`HTTP ${answer.value.status}`);
    return this.#refused(answer.value, status, { token: token.value, signal });
  }

  #bodyOf({ state, text }: CommitStatus): Readonly<Record<string, string>> {
    const { forge, name, link } = this.#settings;
    const { states, longestText, body } = FORGES[forge];
    return body({ state: states[state], text: cutText(plainLine(text), longestText), name, link });
  }

  /** GitLab refuses a state that the commit has already: an answer may have been lost, so it is read back. */
  async #refused(
    answer: HttpAnswer,
    status: CommitStatus,
    { token, signal }: { readonly token: string; readonly signal: AbortSignal },
  ): Promise<Delivery> {
    const isRepeated =
      this.#settings.forge === "gitlab" && answer.status === 400 && /cannot transition/i.test(answer.text);
    if (isRepeated && (await isShownByGitLab(status, { ...this.#tools, ...this.#settings, token }, signal)))
      return delivered("it was shown already");
    return statusAnswer(answer, this.#settings, token);
  }
}

const LONGEST_MESSAGE = 200;
const RATE_LIMIT_PAUSE_MS = 60_000;

/** What follows from an answer other than success. */
export function statusAnswer(answer: HttpAnswer, settings: ForgeSettings, token: string): Delivery {
  const { status, retryAfterMs, text } = answer;
  const { label, right } = FORGES[settings.forge];
  const { repository, apiUrl } = settings;
  const message = beginningOf(plainLine(forgeMessage(text, token)), LONGEST_MESSAGE);
  const cause = `${label} answers ${status}${message === "" ? "" : ` "${message}"`}`;
  if (isRateLimit(status, retryAfterMs !== null, message))
    return retry({ cause, fix: BUSY_FIX }, retryAfterMs ?? RATE_LIMIT_PAUSE_MS);
  if (status >= 500 || status === 409) return retry({ cause, fix: BUSY_FIX }, retryAfterMs);
  if (isAboutCommit(status, message))
    return { kind: "refused", problem: { cause, fix: "no action required: the commit is no longer there" } };
  return retry(problemOf(status, { cause, label, right, repository, apiUrl }));
}

interface Facts {
  readonly cause: string;
  readonly label: string;
  readonly right: string;
  readonly repository: string;
  readonly apiUrl: string;
}

function problemOf(status: number, { cause, label, right, repository, apiUrl }: Facts): SinkProblem {
  if (status === 401)
    return {
      cause: `the token for commit statuses is not valid: ${cause}`,
      fix: `write a valid token into commitStatus.tokenFile; it needs ${right}`,
    };
  if (status === 403 || status === 404)
    return {
      cause: `the token may not set the status of a commit of ${repository}: ${cause}`,
      fix: `give the token ${right}, and check commitStatus.repository and apiUrl (${apiUrl})`,
    };
  if (status >= 300 && status < 400)
    return { cause, fix: "set commitStatus.apiUrl to the final URL: redirects are not followed" };
  return { cause, fix: `look at what ${label} expects, and check commitStatus in the configuration` };
}

/** GitHub answers 422, the others 404, also for a repository that the token cannot see. */
function isAboutCommit(status: number, message: string): boolean {
  return (
    (status === 422 || status === 404) &&
    // oxlint-disable-next-line grantkeeper/no-parsed-sentence -- a text of the forge, which has no code for it
    /no commit found|commit .*not (found|exist)|commit not found/i.test(message)
  );
}

const TIMEOUT_MS = 10_000;
/** A hundred states have about 100 KiB. */
const LONGEST_ANSWER = 1_048_576;

/**
 * Whether the newest status with our name has this state. False if that cannot be read: it is tried again.
 * @see https://docs.gitlab.com/api/commits/#list-commit-statuses
 */
async function isShownByGitLab(
  { commit, state }: CommitStatus,
  {
    apiUrl,
    repository,
    name,
    token,
    fetch,
  }: ForgeSettings & Pick<HttpTools, "fetch"> & { readonly token: string },
  stop: AbortSignal,
): Promise<boolean> {
  const { headers, states } = FORGES.gitlab;
  const project = encodeURIComponent(repository);
  const query = `name=${encodeURIComponent(name)}&all=false&per_page=100`;
  const url = `${apiUrl}/projects/${project}/repository/commits/${commit}/statuses?${query}`;
  try {
    const signal = AbortSignal.any([stop, AbortSignal.timeout(TIMEOUT_MS)]);
    const response = await fetch(url, { headers: headers(token), redirect: "manual", signal });
    const found: unknown = response.ok ? JSON.parse(await readAnswer(response, LONGEST_ANSWER)) : [];
    const statuses = Array.isArray(found) ? found.filter(isNamedState) : [];
    const newest = statuses.filter((one) => one.name === name).toSorted((a, b) => b.id - a.id)[0];
    return newest?.status === states[state];
  } catch {
    return false;
  }
}

function isNamedState(
  value: unknown,
): value is { readonly id: number; readonly name: string; readonly status: string } {
  if (typeof value !== "object" || value === null) return false;
  const { id, name, status } = value as Readonly<Record<string, unknown>>;
  return typeof id === "number" && typeof name === "string" && typeof status === "string";
}
