import { createHash, createHmac } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Alerts } from "../controller/ports/alerts.ts";
import type { Clock } from "../controller/ports/clock.ts";
import { NetworkError } from "../model/network/network-error.ts";

export interface WebhookRoute {
  readonly name: string;
  readonly url: string;
  /** Read for each message, so that a secret can be rotated without a restart. */
  readonly secretFile: string;
}

export interface WebhookOptions {
  readonly clock: Pick<Clock, "nowMs">;
  /** Sends a request through the proxies of the installation. */
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 10_000;

/**
 * Posts alerts as JSON. Signed: `X-Grantkeeper-Signature: sha256=HEX` is the HMAC-SHA-256 of the timestamp of
 * `X-Grantkeeper-Timestamp` (seconds), a dot, and the body's bytes. `X-Grantkeeper-Delivery` is the same for the same
 * message, so that a receiver can detect duplicates. Any answer other than 2xx is a refusal; redirects are not
 * followed, and no answer body is read.
 */
export class WebhookAlerts implements Alerts {
  readonly #routes: ReadonlyMap<string, WebhookRoute>;
  readonly #clock: Pick<Clock, "nowMs">;
  readonly #fetch: WebhookOptions["fetch"];
  readonly #timeoutMs: number;

  constructor(routes: readonly WebhookRoute[], { clock, fetch, timeoutMs = TIMEOUT_MS }: WebhookOptions) {
    this.#routes = new Map(routes.map((route) => [route.name, route]));
    this.#clock = clock;
    this.#fetch = fetch;
    this.#timeoutMs = timeoutMs;
  }

  /** The errors contain the name of the route and never its URL, which may itself be a secret. */
  async send(route: string, body: string, signal: AbortSignal): Promise<void> {
    const at = this.#routes.get(route);
    if (at === undefined) throw new Error(`no alert route is named "${route}"`);
    const headers = signedHeaders(body, await secretOf(at), Math.floor(this.#clock.nowMs() / 1_000));
    const ending = AbortSignal.any([signal, AbortSignal.timeout(this.#timeoutMs)]);
    const response = await this.#post(at, { body, headers, signal: ending });
    await response.body?.cancel();
    if (!response.ok) throw new Error(`alert route "${route}" answered ${response.status}`);
  }

  async #post({ name, url }: WebhookRoute, init: RequestInit): Promise<Response> {
    try {
      return await this.#fetch(url, { ...init, method: "POST", redirect: "manual" });
    } catch (cause) {
      throw new Error(`alert route "${name}" could not be reached: ${failureText(cause)}`, { cause });
    }
  }
}

/**
 * The code or name of an error, such as `ECONNREFUSED` or `TimeoutError`. Its message is not used, because it contains
 * hosts and ports. What is wrong with a proxy or a certificate is explained; a proxy is not a secret.
 */
function failureText(cause: unknown): string {
  if (cause instanceof NetworkError) return `${cause.message}; ${cause.fix}`;
  return textMember(member(cause, "cause"), "code") ?? textMember(cause, "name") ?? "unknown failure";
}

function member(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

function textMember(value: unknown, name: string): string | undefined {
  const found = member(value, name);
  return typeof found === "string" ? found : undefined;
}

async function secretOf({ name, secretFile }: WebhookRoute): Promise<string> {
  const secret = (await readSecret(name, secretFile)).trim();
  if (secret === "") throw new Error(`the secret of alert route "${name}" is empty`);
  return secret;
}

async function readSecret(name: string, file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    throw new Error(`the secret of alert route "${name}" cannot be read from ${file}`, { cause });
  }
}

function signedHeaders(body: string, secret: string, seconds: number): Readonly<Record<string, string>> {
  const signature = createHmac("sha256", secret).update(`${seconds}.${body}`, "utf8").digest("hex");
  return {
    "content-type": "application/json; charset=utf-8",
    "user-agent": "grantkeeper",
    "x-grantkeeper-timestamp": String(seconds),
    "x-grantkeeper-signature": `sha256=${signature}`,
    "x-grantkeeper-delivery": createHash("sha256").update(body, "utf8").digest("hex").slice(0, 32),
  };
}
