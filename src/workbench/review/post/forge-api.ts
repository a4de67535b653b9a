import { beginningOf } from "../../../text/cut.ts";
import { CliError } from "../../../cli/toolbox/cli-error.ts";
import type { OutsideFetch, Toolbox } from "../../../cli/toolbox/toolbox.ts";
import { cleanLine } from "../../../cli/screen/paint.ts";
import type { ForgeRequest } from "../../../network/forges/conversation.ts";
import { forgeMessage } from "../../../network/forges/message.ts";
import { isRateLimit } from "../../../network/forges/rate-limit.ts";
import { FORGES } from "../../../network/forges/status-form.ts";
import { readAnswer } from "../../../network/http-post.ts";
import type { PostTarget } from "./target.ts";
import { retryAfterMs } from "../../../model/values/backoff.ts";

const TIMEOUT_MS = 20_000;
/** A page of 100 comments of the longest size has less. */
const LONGEST_ANSWER = 16_777_216;
const ATTEMPTS = 3;
const FIRST_PAUSE_MS = 1_000;
/** GitHub asks for a minute if it names no pause. */
const LIMIT_PAUSE_MS = 60_000;
/** A forge that asks for a longer pause is not waited for: a pipeline costs money. */
const LONGEST_PAUSE_MS = 60_000;
const LONGEST_MESSAGE = 300;

export interface ForgeAnswer {
  readonly status: number;
  readonly text: string;
}

interface PostRefusal {
  /** null: no answer. */
  readonly status: number | null;
  /** The request may have had its effect. */
  readonly isLost: boolean;
  /** The request was to change something. */
  readonly isWrite: boolean;
  /** There were too many requests before it. */
  readonly isLimited: boolean;
}

/** An answer other than success, or none. */
export class ForgeError extends CliError implements PostRefusal {
  readonly status: number | null;
  readonly isLost: boolean;
  readonly isWrite: boolean;
  readonly isLimited: boolean;

  constructor(message: string, fix: string, { status, isLost, isWrite, isLimited }: PostRefusal) {
    super(message, fix, { exitCode: 4 });
    this.status = status;
    this.isLost = isLost;
    this.isWrite = isWrite;
    this.isLimited = isLimited;
  }
}

/** The API of a forge, with the token of the pipeline, which no message shows. */
export class ForgeApi {
  readonly target: PostTarget;
  readonly #fetch: OutsideFetch;
  readonly #toolbox: Pick<Toolbox, "clock" | "signal">;

  constructor(target: PostTarget, fetch: OutsideFetch, toolbox: Pick<Toolbox, "clock" | "signal">) {
    this.target = target;
    this.#fetch = fetch;
    this.#toolbox = toolbox;
  }

  /** Waits for limits of the forge and for short failures. @throws ForgeError for every answer other than success */
  async send(request: ForgeRequest): Promise<ForgeAnswer> {
    for (let attempt = 1; ; attempt += 1) {
      const tried = await this.#once(request);
      if (!(tried instanceof Failed)) return tried;
      const pause = tried.pauseMs(attempt, this.#toolbox.clock.nowMs());
      const mayRepeat = request.isRepeatable || tried.wasRefused;
      if (attempt === ATTEMPTS || pause === null || !mayRepeat) throw tried.error;
      await this.#toolbox.clock.sleep(pause, this.#toolbox.signal);
    }
  }

  /** The JSON of the answer. @throws ForgeError */
  async read(path: string): Promise<unknown> {
    const { text } = await this.send({ method: "GET", path, isRepeatable: true });
    try {
      return JSON.parse(text);
    } catch {
      const { label } = FORGES[this.target.forge];
      const fix = `check --api-url (${this.target.apiUrl})`;
      const facts = { status: null, isLost: false, isWrite: false, isLimited: false } as const;
      throw new ForgeError(`${label} does not answer with JSON`, fix, facts);
    }
  }

  async #once({ method, path, body }: ForgeRequest): Promise<ForgeAnswer | Failed> {
    const { forge, apiUrl, token } = this.target;
    const { signal: stop } = this.#toolbox;
    const headers = {
      ...FORGES[forge].headers(token),
      "user-agent": "grantkeeper",
      ...(body !== undefined && { "content-type": "application/json" }),
    };
    const signal = AbortSignal.any([stop, AbortSignal.timeout(TIMEOUT_MS)]);
    const isWrite = method !== "GET";
    const init = { method, headers, redirect: "manual", signal } as const;
    try {
      const sent = body === undefined ? init : { ...init, body: JSON.stringify(body) };
      const response = await this.#fetch(`${apiUrl}${path}`, sent);
      const answer = { status: response.status, text: await readAnswer(response, LONGEST_ANSWER) };
      if (response.ok) return answer;
      return new Failed(refusalOf({ ...answer, isWrite }, response.headers, this.target), response.headers);
    } catch (cause) {
      stop.throwIfAborted();
      const why = cause instanceof Error ? cleanLine(cause.message) : "unknown failure";
      const message = `cannot reach ${FORGES[forge].label} (${apiUrl}): ${why}`;
      const fix = "check the address, the proxy and the network of the pipeline";
      const facts = { status: null, isLost: true, isWrite, isLimited: false } as const;
      return new Failed(new ForgeError(message, fix, facts), new Headers());
    }
  }
}

/** An attempt without success. */
class Failed {
  readonly error: ForgeError;
  readonly #headers: Headers;

  constructor(error: ForgeError, headers: Headers) {
    this.error = error;
    this.#headers = headers;
  }

  /** The forge did nothing. */
  get wasRefused(): boolean {
    return !this.error.isLost;
  }

  /** null: another attempt would not help, or not soon. */
  pauseMs(attempt: number, nowMs: number): number | null {
    const { isLimited, isLost } = this.error;
    if (!isLimited && !isLost) return null;
    const pause =
      retryAfterMs(this.#headers.get("retry-after")) ??
      (isLimited ? this.#untilResetMs(nowMs) : FIRST_PAUSE_MS * 4 ** (attempt - 1));
    return pause > LONGEST_PAUSE_MS ? null : pause;
  }

  /** Until GitHub takes requests again. */
  #untilResetMs(nowMs: number): number {
    const reset = this.#headers.get("x-ratelimit-reset") ?? "";
    if (!hasNoneLeft(this.#headers) || !/^\d{1,12}$/.test(reset)) return LIMIT_PAUSE_MS;
    return Math.max(Number(reset) * 1_000 - nowMs, FIRST_PAUSE_MS);
  }
}

function hasNoneLeft(headers: Headers): boolean {
  return headers.get("x-ratelimit-remaining") === "0";
}

function refusalOf(
  { status, text, isWrite }: ForgeAnswer & { readonly isWrite: boolean },
  headers: Headers,
  target: PostTarget,
): ForgeError {
  const { label } = FORGES[target.forge];
  const reason = beginningOf(cleanLine(forgeMessage(text, target.token)), LONGEST_MESSAGE);
  const message = `${label} answers ${status}${reason === "" ? "" : ` "${reason}"`} for ${target.repository}`;
  const isAnnounced = headers.has("retry-after") || hasNoneLeft(headers);
  const isLimited = isRateLimit(status, isAnnounced, reason);
  const fix = isLimited ? LIMIT_FIX : fixFor(status, target);
  return new ForgeError(message, fix, { status, isLost: status >= 500, isWrite, isLimited });
}

const LIMIT_FIX = "run it again later: the forge limits how many requests a token may make";

function fixFor(status: number, { forge, apiUrl }: Pick<PostTarget, "forge" | "apiUrl">): string {
  if (status === 401) return "renew the token: it is not valid, or has expired";
  if (status === 403 || status === 404)
    return `check --repository and --api-url (${apiUrl}), and give the token ${RIGHTS[forge]}; a pipeline of a fork has a token that only reads`;
  if (status >= 300 && status < 400) return `set --api-url to the final address: redirects are not followed`;
  if (status >= 500) return "run it again later";
  return "run the command without --post to see the review";
}

const RIGHTS = {
  github: '"Pull requests: write" and "Commit statuses: write"',
  gitlab: "the scope api and the role Developer",
  gitea: "read:user, write:issue and write:repository",
  forgejo: "read:user, write:issue and write:repository",
} as const satisfies Record<PostTarget["forge"], string>;
