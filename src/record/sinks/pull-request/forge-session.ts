import { FORGES } from "../../../network/forges/status-form.ts";
import { forgeMessage } from "../../../network/forges/message.ts";
import type { ConversationForge, ForgeRequest } from "../../../network/forges/conversation.ts";
import { readAnswer } from "../../../network/http-post.ts";
import type { SinkProblem } from "../../../model/records/alert-route-state.ts";
import { plainLine } from "../../names.ts";
import type { HttpTools } from "../http-post.ts";
import { networkProblem } from "../network-problem.ts";
import { refused, retry, type Delivery } from "../sink.ts";
import { retryAfterMs } from "../../../model/values/backoff.ts";

/** The repository whose pull requests are shown what became of them. */
export interface NotedRepository {
  readonly forge: ConversationForge;
  /** The REST API, without a slash at the end. */
  readonly apiUrl: string;
  /** `acme/permissions`; with GitLab also deeper. */
  readonly repository: string;
  /** Of this installation and source, among others that comment on the same pull request. */
  readonly name: string;
  /** The branch that is applied; null: what is applied is no branch. */
  readonly branch: string | null;
  /** The id or client id of the GitHub App whose tokens are used; null: the token is of a user. */
  readonly appId: string | null;
}

/** The message is not delivered now. */
export class Undelivered extends Error {
  override readonly name = "Undelivered";
  readonly delivery: Delivery;

  constructor(delivery: Delivery) {
    super("the message was not delivered");
    this.delivery = delivery;
  }
}

interface Answer {
  readonly status: number;
  readonly retryAfterMs: number | null;
  readonly isLimited: boolean;
  readonly text: string;
}

const TIMEOUT_MS = 20_000;
/** A page of 100 comments of the longest size has less. */
const LONGEST_ANSWER = 16_777_216;
const LONGEST_MESSAGE = 200;
const RATE_LIMIT_PAUSE_MS = 60_000;
const LONGEST_PAUSE_MS = 3_600_000;
const BUSY = "no action required: it is sent again";

/** The requests of one delivery, with one token, which no message shows. */
export class ForgeSession {
  readonly repository: NotedRepository;
  readonly #token: string;
  readonly #fetch: HttpTools["fetch"];
  readonly #stop: AbortSignal;

  constructor(
    repository: NotedRepository,
    { token, fetch }: { readonly token: string } & Pick<HttpTools, "fetch">,
    stop: AbortSignal,
  ) {
    this.repository = repository;
    this.#token = token;
    this.#fetch = fetch;
    this.#stop = stop;
  }

  /** @throws Undelivered for every answer other than success and those in `expected` */
  async read(
    path: string,
    expected: readonly number[] = [],
  ): Promise<{ readonly status: number; readonly json: unknown }> {
    const answer = await this.#once({ method: "GET", path, isRepeatable: true });
    if (answer.status >= 200 && answer.status < 300)
      return { status: answer.status, json: this.#json(answer) };
    if (expected.includes(answer.status) && !answer.isLimited) return { status: answer.status, json: null };
    throw this.#refusal(answer);
  }

  /** @returns the status: success, or one in `expected`. @throws Undelivered for every other answer */
  async write(request: ForgeRequest, expected: readonly number[]): Promise<number> {
    const answer = await this.#once(request);
    const isExpected = expected.includes(answer.status) && !answer.isLimited;
    if (isExpected || (answer.status >= 200 && answer.status < 300)) return answer.status;
    throw this.#refusal(answer);
  }

  /** Why the token is refused, in the words of the operator's file. */
  missingRight(): Undelivered {
    const { forge, repository, apiUrl } = this.repository;
    return new Undelivered(
      retry({
        cause: `${FORGES[forge].label} does not let the token comment on pull requests of ${repository}`,
        fix: `give the token ${NOTE_RIGHTS[forge]}, and check pullRequestComments.repository and apiUrl (${apiUrl})`,
      }),
    );
  }

  async #once({ method, path, body }: ForgeRequest): Promise<Answer> {
    const { forge, apiUrl } = this.repository;
    const headers = {
      ...FORGES[forge].headers(this.#token),
      "user-agent": "grantkeeper",
      ...(body !== undefined && { "content-type": "application/json" }),
    };
    const signal = AbortSignal.any([this.#stop, AbortSignal.timeout(TIMEOUT_MS)]);
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    try {
      const response = await this.#fetch(`${apiUrl}${path}`, {
        method,
        headers,
        redirect: "manual",
        signal,
        ...sent,
      });
      return { ...limitsIn(response), text: await readAnswer(response, LONGEST_ANSWER) };
    } catch (cause) {
      throw new Undelivered(retry(networkProblem(cause)));
    }
  }

  #json({ text }: Answer): unknown {
    try {
      return JSON.parse(text);
    } catch {
      const { forge, apiUrl } = this.repository;
      const cause = `${FORGES[forge].label} does not answer with JSON`;
      throw new Undelivered(retry({ cause, fix: `check pullRequestComments.apiUrl (${apiUrl})` }));
    }
  }

  #refusal({ status, retryAfterMs, isLimited, text }: Answer): Undelivered {
    const { label } = FORGES[this.repository.forge];
    const message = plainLine(forgeMessage(text, this.#token)).slice(0, LONGEST_MESSAGE);
    const cause = `${label} answers ${status}${message === "" ? "" : ` "${message}"`}`;
    if (isLimited) return new Undelivered(retry({ cause, fix: BUSY }, retryAfterMs ?? RATE_LIMIT_PAUSE_MS));
    if (status >= 500 || status === 409) return new Undelivered(retry({ cause, fix: BUSY }, retryAfterMs));
    if (status === 401)
      return new Undelivered(
        retry({ cause: `the token for pull requests is not valid: ${cause}`, fix: NEW_TOKEN }),
      );
    if (status === 403 || status === 404) return this.missingRight();
    const problem = otherProblem(status, cause, label);
    return new Undelivered(status === 422 || status === 400 ? refused(problem) : retry(problem));
  }
}

const NEW_TOKEN = "write a valid token into pullRequestComments.tokenFile";

function otherProblem(status: number, cause: string, label: string): SinkProblem {
  const isRedirect = status >= 300 && status < 400;
  return {
    cause,
    fix: isRedirect
      ? "set pullRequestComments.apiUrl to the final URL: redirects are not followed"
      : `look at what ${label} expects, and check pullRequestComments in the configuration`,
  };
}

function limitsIn({ status, headers }: Response): Pick<Answer, "status" | "retryAfterMs" | "isLimited"> {
  const after = headers.get("retry-after");
  const wantedMs = retryAfterMs(after);
  const isSpent = headers.get("x-ratelimit-remaining") === "0";
  return {
    status,
    retryAfterMs: wantedMs === null ? null : Math.min(wantedMs, LONGEST_PAUSE_MS),
    isLimited: status === 429 || (status === 403 && (after !== null || isSpent)),
  };
}

const NOTE_RIGHTS = {
  github: '"Pull requests: write"',
  gitlab: "the scope api and the role Developer in the project",
  gitea: "read:user, read:repository and write:issue",
  forgejo: "read:user, read:repository and write:issue",
} as const satisfies Record<ConversationForge, string>;
