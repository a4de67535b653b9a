import { createHmac } from "node:crypto";
import type { SinkProblem } from "../../model/records/alert-route-state.ts";
import type { HttpAnswer } from "../../network/http-post.ts";
import { postOnce, type HttpTools } from "./http-post.ts";
import { readSecret } from "./secret.ts";
import { delivered, retry, type Delivery, type Outgoing, type Sink } from "./sink.ts";

export interface WebhookSettings {
  readonly url: string;
  readonly secretFile: string;
}

/**
 * Posts alerts as JSON. Signed: `X-Grantkeeper-Signature: sha256=HEX` is the HMAC-SHA-256 of the timestamp of
 * `X-Grantkeeper-Timestamp` (seconds), a dot, and the body's bytes. `X-Grantkeeper-Delivery` is the same for the same
 * message, so that a receiver can detect duplicates. Any answer other than 2xx is a refusal.
 */
export class WebhookSink implements Sink {
  readonly acceptsDigests = true;
  readonly updatesInPlace = false;
  readonly refresh = null;
  readonly #settings: WebhookSettings;
  readonly #tools: HttpTools;

  constructor(settings: WebhookSettings, tools: HttpTools) {
    this.#settings = settings;
    this.#tools = tools;
  }

  async deliver({ body, delivery }: Outgoing, signal: AbortSignal): Promise<Delivery> {
    const { url, secretFile } = this.#settings;
    const secret = await readSecret("secret of the signature", secretFile);
    if (secret.kind === "err") return retry(secret.error);
    const seconds = Math.floor(this.#tools.clock.nowMs() / 1_000);
    const headers = { ...signedHeaders(body, secret.value, seconds), "x-grantkeeper-delivery": delivery };
    const answer = await postOnce({ url, body, headers }, this.#tools, signal);
    if (answer.kind === "err") return retry(answer.error);
    const { status, retryAfterMs } = answer.value;
    if (status >= 200 && status < 300) return delivered(`HTTP ${status}`);
    return retry(statusProblem(answer.value), retryAfterMs);
  }
}

/** What an HTTP receiver that refused a message expects. */
export function statusProblem({ status }: HttpAnswer): SinkProblem {
  return { cause: `answered ${status}`, fix: STATUS_FIXES[status] ?? otherFix(status) };
}

export const STATUS_FIXES: Readonly<Record<number, string>> = {
  401: "correct the secret or token, here or at the receiver",
  403: "allow this sender at the receiver, or correct the secret or token",
  404: "correct the path of the URL",
  405: "correct the path of the URL: nothing accepts POST there",
  429: "send fewer messages (severity, namespaces), or raise the limit of the receiver",
};

function otherFix(status: number): string {
  if (status >= 300 && status < 400) return "use the URL that it redirects to: redirects are not followed";
  return status >= 500 ? "look at the log of the receiver" : "look at what the receiver expects";
}

function signedHeaders(body: string, secret: string, seconds: number): Readonly<Record<string, string>> {
  const signature = createHmac("sha256", secret).update(`${seconds}.${body}`, "utf8").digest("hex");
  return {
    "content-type": "application/json; charset=utf-8",
    "x-grantkeeper-timestamp": String(seconds),
    "x-grantkeeper-signature": `sha256=${signature}`,
  };
}
