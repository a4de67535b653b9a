import { beginningOf } from "../../../text/cut.ts";
import { parsedJson } from "../../../text/json-values.ts";
import { FORGES } from "../../../network/forges/status-form.ts";
import { forgeMessage } from "../../../network/forges/message.ts";
import { memberOf, type ConversationForge, type ForgeRequest } from "../../../network/forges/conversation.ts";
import { BUSY_FIX, isRateLimit } from "../../../network/forges/rate-limit.ts";
import { readAnswer } from "../../../network/http-post.ts";
import type { SinkProblem } from "../../../model/records/alert-route-state.ts";
import { plainLine } from "../../names.ts";
import type { HttpTools } from "../http-post.ts";
import { networkProblem } from "../network-problem.ts";
import { refused, retry, type FailedDelivery } from "../sink.ts";
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

/** A request without the wanted answer. */
export class Undelivered extends Error {
  override readonly name = "Undelivered";
  readonly delivery: FailedDelivery;
  /** Whether it is about one pull request, or each has it: a token, a network. `unknown`: the forge does not show which. */
  readonly scope: "all" | "one" | "unknown";

  constructor(delivery: FailedDelivery, scope: Undelivered["scope"] = "all") {
    super("the message was not delivered");
    this.delivery = delivery;
    this.scope = scope;
  }
}

interface ForgeReply {
  readonly status: number;
  readonly retryAfterMs: number | null;
  readonly isLimited: boolean;
  readonly text: string;
}

const TIMEOUT_MS = 20_000;
/** A page of 50 comments of the longest size of GitHub has less. */
const LONGEST_ANSWER = 16_777_216;
const LONGEST_MESSAGE = 200;
const RATE_LIMIT_PAUSE_MS = 60_000;
const LONGEST_PAUSE_MS = 3_600_000;

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

  /** Without content: null. @throws Undelivered for every answer other than success and those in `expected` */
  async read(
    path: string,
    expected: readonly number[] = [],
  ): Promise<{ readonly status: number; readonly json: unknown }> {
    const answer = await this.#once({ method: "GET", path, isRepeatable: true });
    if (answer.status === 204) return { status: answer.status, json: null };
    if (answer.status >= 200 && answer.status < 300)
      return { status: answer.status, json: this.#json(answer) };
    if (expected.includes(answer.status) && !answer.isLimited) return { status: answer.status, json: null };
    throw this.#refusal(answer);
  }

  /** @returns the id of the comment; null: the answer does not show it. @throws Undelivered for every answer other than success */
  async write(request: ForgeRequest): Promise<number | null> {
    const answer = await this.#once(request);
    if (answer.status < 200 || answer.status >= 300) throw this.#refusal(answer);
    // It was written, also if the answer is no JSON.
    const id = memberOf(parsedJson(answer.text), "id");
    return typeof id === "number" ? id : null;
  }

  /** Why the token is refused, in the words of the operator's file. */
  missingRight(cause: string, scope: Undelivered["scope"] = "all"): Undelivered {
    const { forge, repository, apiUrl } = this.repository;
    const problem = {
      cause: `${FORGES[forge].label} does not let the token comment on pull requests of ${repository}: ${cause}`,
      fix: `give the token ${NOTE_RIGHTS[forge]}, and check pullRequestComments.repository and apiUrl (${apiUrl})`,
    };
    return new Undelivered(retry(problem), scope);
  }

  async #once({ method, path, body }: ForgeRequest): Promise<ForgeReply> {
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
      const text = await readAnswer(response, LONGEST_ANSWER);
      return { ...limitsIn(response, this.#messageIn(text)), text };
    } catch (cause) {
      throw new Undelivered(retry(networkProblem(cause)));
    }
  }

  #json({ text }: ForgeReply): unknown {
    const { forge, apiUrl } = this.repository;
    const { label } = FORGES[forge];
    if (Buffer.byteLength(text) >= LONGEST_ANSWER) {
      const cause = `${label} answers with more than ${LONGEST_ANSWER / 1_048_576} MiB, which are not read`;
      throw new Undelivered(refused({ cause, fix: "remove long comments and descriptions" }), "one");
    }
    const json = parsedJson(text);
    if (json !== undefined) return json;
    const cause = `${label} does not answer with JSON`;
    throw new Undelivered(retry({ cause, fix: `check pullRequestComments.apiUrl (${apiUrl})` }));
  }

  #messageIn(text: string): string {
    return beginningOf(plainLine(forgeMessage(text, this.#token)), LONGEST_MESSAGE);
  }

  #refusal({ status, retryAfterMs, isLimited, text }: ForgeReply): Undelivered {
    const { label } = FORGES[this.repository.forge];
    const message = this.#messageIn(text);
    const cause = `${label} answers ${status}${message === "" ? "" : ` "${message}"`}`;
    if (isLimited)
      return new Undelivered(retry({ cause, fix: BUSY_FIX }, retryAfterMs ?? RATE_LIMIT_PAUSE_MS));
    if (status >= 500 || status === 409)
      return new Undelivered(retry({ cause, fix: BUSY_FIX }, retryAfterMs));
    if (status === 401)
      return new Undelivered(
        retry({ cause: `the token for pull requests is not valid: ${cause}`, fix: NEW_TOKEN }),
      );
    if (status === 403 || status === 404)
      return this.missingRight(cause, isBlocked(message) ? "one" : "unknown");
    const problem = otherProblem(status, cause, label);
    return OF_ONE.includes(status)
      ? new Undelivered(refused(problem), "one")
      : new Undelivered(retry(problem));
  }
}

/** The author of a pull request may block the user of the token. */
function isBlocked(message: string): boolean {
  // oxlint-disable-next-line grantkeeper/no-parsed-sentence -- a text of the forge, which has no code for it
  return /\bblocked\b/i.test(message);
}

/** The forge has an objection to this comment, or its conversation is gone. */
const OF_ONE: readonly number[] = [400, 410, 422];

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

function limitsIn(
  { status, headers }: Response,
  message: string,
): Pick<ForgeReply, "status" | "retryAfterMs" | "isLimited"> {
  const after = headers.get("retry-after");
  const wantedMs = retryAfterMs(after);
  const isSpent = headers.get("x-ratelimit-remaining") === "0";
  return {
    status,
    retryAfterMs: wantedMs === null ? null : Math.min(wantedMs, LONGEST_PAUSE_MS),
    isLimited: isRateLimit(status, after !== null || isSpent, message),
  };
}

const NOTE_RIGHTS = {
  github: '"Pull requests: write"',
  gitlab: "the scope api and the role Developer in the project",
  gitea: "read:user, read:repository and write:issue",
  forgejo: "read:user, read:repository and write:issue",
} as const satisfies Record<ConversationForge, string>;
