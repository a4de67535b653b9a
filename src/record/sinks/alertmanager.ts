import type { SinkProblem } from "../../model/records/alert-route-state.ts";
import { err, ok, type Result } from "../../model/values/result.ts";
import { alertOf, withSeverityOf, type RouterAlert } from "./alertmanager-alert.ts";
import type { HttpAnswer } from "../../network/http-post.ts";
import { postOnce, type HttpTools } from "./http-post.ts";
import { readSecret } from "./secret.ts";
import { refused, retry, type Delivery, type Outgoing, type Sink } from "./sink.ts";
import { statusProblem } from "./webhook.ts";

type HttpAuth =
  | { readonly kind: "none" }
  | { readonly kind: "bearer"; readonly tokenFile: string }
  | { readonly kind: "basic"; readonly username: string; readonly passwordFile: string };

export interface AlertmanagerSettings {
  /** Every peer of the cluster, without `/api`. */
  readonly urls: readonly string[];
  readonly auth: HttpAuth;
  /** The name of the installation. */
  readonly instance: string;
}

/** An alert that is not repeated for this long has ended: Grantkeeper repeats each one every minute. */
const KEPT_MS = 300_000;

/** One alert with the end that the router assumes without a repetition. */
interface TimedAlert extends RouterAlert {
  readonly endsAt: string;
}

type PeerResult = Result<HttpAnswer, SinkProblem>;

/**
 * Sends each alert to every peer, by itself: of a batch with one invalid alert Alertmanager answers 400 and accepts the
 * others. The thread of an incident is the alert as it was sent, because its labels are its identity: another severity is
 * another alert, and the earlier one is closed. Accepted by one peer is accepted: the others get it at the next refresh.
 */
export class AlertmanagerSink implements Sink {
  readonly acceptsDigests = false;
  readonly updatesInPlace = false;
  readonly #settings: AlertmanagerSettings;
  readonly #tools: HttpTools;

  constructor(settings: AlertmanagerSettings, tools: HttpTools) {
    this.#settings = settings;
    this.#tools = tools;
  }

  async deliver({ message, thread }: Outgoing, signal: AbortSignal): Promise<Delivery> {
    if (message.kind === "digest") throw new Error("an Alertmanager takes no digest");
    const before = thread === null ? null : (JSON.parse(thread) as RouterAlert);
    const alert = withSeverityOf(before, alertOf(message, this.#settings.instance));
    if (message.status === "closed") return this.#post([this.#ended(before ?? alert)], null, signal);
    const replaced = before === null || isSame(before, alert) ? [] : [this.#ended(before)];
    return this.#post([...replaced, this.#open(alert)], JSON.stringify(alert), signal);
  }

  readonly refresh = async (
    threads: ReadonlyMap<string, string>,
    signal: AbortSignal,
  ): Promise<SinkProblem | null> => {
    const alerts = [...threads.values()].map((thread) => this.#open(JSON.parse(thread) as RouterAlert));
    if (alerts.length === 0) return null;
    const results = await this.#toPeers(alerts, signal);
    return problemOf(results);
  };

  async #post(alerts: readonly TimedAlert[], thread: string | null, signal: AbortSignal): Promise<Delivery> {
    const results = await this.#toPeers(alerts, signal);
    const problem = problemOf(results);
    const accepting = results.filter(isAccepted).length;
    if (accepting > 0) {
      const answer = `accepted by ${accepting} of ${results.length} peers`;
      return { kind: "delivered", answer, thread, problem };
    }
    if (problem === null) throw new Error("an Alertmanager without peers");
    const answers = results.flatMap((result) => (result.kind === "ok" ? [result.value] : []));
    const isInvalid = answers.length === results.length && answers.every(({ status }) => status === 400);
    if (isInvalid) return refused(problem);
    return retry(problem, Math.max(0, ...answers.map(({ retryAfterMs }) => retryAfterMs ?? 0)));
  }

  /** All peers at the same time; the alerts of each in order, up to the first failure. */
  #toPeers(alerts: readonly TimedAlert[], signal: AbortSignal): Promise<readonly PeerResult[]> {
    return Promise.all(this.#settings.urls.map((url) => this.#toPeer(url, alerts, signal)));
  }

  async #toPeer(url: string, alerts: readonly TimedAlert[], signal: AbortSignal): Promise<PeerResult> {
    const headers = await this.#headers();
    if (headers.kind === "err") return headers;
    const address = `${url.replace(/\/+$/, "")}/api/v2/alerts`;
    let last: PeerResult = err({ cause: "there is no alert to send", fix: "report this as a bug" });
    for (const alert of alerts) {
      const body = JSON.stringify([alert]);
      last = await postOnce({ url: address, body, headers: headers.value }, this.#tools, signal);
      if (!isAccepted(last)) return last;
    }
    return last;
  }

  async #headers(): Promise<Result<Readonly<Record<string, string>>, SinkProblem>> {
    const { auth } = this.#settings;
    const common = { "content-type": "application/json" };
    if (auth.kind === "none") return ok(common);
    const [what, file] =
      auth.kind === "bearer"
        ? (["token", auth.tokenFile] as const)
        : (["password", auth.passwordFile] as const);
    const secret = await readSecret(what, file);
    if (secret.kind === "err") return secret;
    const authorization =
      auth.kind === "bearer"
        ? `Bearer ${secret.value}`
        : `Basic ${Buffer.from(`${auth.username}:${secret.value}`, "utf8").toString("base64")}`;
    return ok({ ...common, authorization });
  }

  #open(alert: RouterAlert): TimedAlert {
    return { ...alert, endsAt: new Date(this.#tools.clock.nowMs() + KEPT_MS).toISOString() };
  }

  /** Alertmanager rejects an end before the start, which a clock that was set back would produce. */
  #ended(alert: RouterAlert): TimedAlert {
    const endMs = Math.max(this.#tools.clock.nowMs(), Date.parse(alert.startsAt));
    return { ...alert, endsAt: new Date(endMs).toISOString() };
  }
}

function isSame(a: RouterAlert, b: RouterAlert): boolean {
  return JSON.stringify(a.labels) === JSON.stringify(b.labels);
}

function isAccepted(result: PeerResult): boolean {
  return result.kind === "ok" && result.value.status >= 200 && result.value.status < 300;
}

/** Of the first peer that did not accept; the place of the peer in the list, because its URL may be a secret. */
function problemOf(results: readonly PeerResult[]): SinkProblem | null {
  const at = results.findIndex((result) => !isAccepted(result));
  const result = results[at];
  if (result === undefined) return null;
  const { cause, fix } = result.kind === "err" ? result.error : answerProblem(result.value);
  return { cause: results.length === 1 ? cause : `peer ${at + 1} of ${results.length} ${cause}`, fix };
}

const LONGEST_DETAIL = 200;

function answerProblem(answer: HttpAnswer): SinkProblem {
  const problem = statusProblem(answer);
  if (answer.status === 404)
    return { ...problem, fix: "set the URL of the Alertmanager itself, without /api/v2/alerts" };
  if (answer.status !== 400) return problem;
  const detail = answer.text.replace(/[^\x20-\x7e]+/g, " ").slice(0, LONGEST_DETAIL);
  return { cause: `${problem.cause}: ${detail}`, fix: "report this as a bug: the alert is invalid" };
}
