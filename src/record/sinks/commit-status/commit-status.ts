import type { CommitStatus } from "../../../model/records/commit-status.ts";
import type { SinkProblem } from "../../../model/records/alert-route-state.ts";
import type { Result } from "../../../model/values/result.ts";
import type { HttpAnswer } from "../../../network/http-post.ts";
import { postOnce, type HttpTools } from "../http-post.ts";
import { delivered, retry, type Delivery, type Outgoing, type Sink } from "../sink.ts";
import { FORGES, type ForgeSettings } from "../../../network/forges/status-form.ts";
import { answerOf } from "./answers.ts";
import { isShownByGitLab } from "./gitlab-state.ts";

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
    const shown = text.length > longestText ? `${text.slice(0, longestText - 1)}…` : text;
    return body({ state: states[state], text: shown, name, link });
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
    return answerOf(answer, this.#settings, token);
  }
}
