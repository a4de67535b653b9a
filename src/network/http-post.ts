import { retryAfterMs } from "../model/values/backoff.ts";

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

interface HttpRequest {
  readonly url: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface HttpAnswer {
  readonly status: number;
  /** The pause that the receiver asks for; null: none. */
  readonly retryAfterMs: number | null;
  /** At most its first 64 KiB. */
  readonly text: string;
}

const LONGEST_ANSWER = 65_536;
const LONGEST_PAUSE_MS = 3_600_000;

/** Posts once. Redirects are not followed: they could lead a secret to another host. @throws as `fetch` */
export async function httpPost(
  { url, body, headers }: HttpRequest,
  fetch: Fetch,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  const all = { ...headers, "user-agent": "grantkeeper" };
  const response = await fetch(url, { method: "POST", body, headers: all, redirect: "manual", signal });
  const wantedMs = retryAfterMs(response.headers.get("retry-after"));
  return {
    status: response.status,
    retryAfterMs: wantedMs === null ? null : Math.min(wantedMs, LONGEST_PAUSE_MS),
    text: await readAnswer(response),
  };
}

/** The beginning of the answer. */
export async function readAnswer({ body }: Response, longest = LONGEST_ANSWER): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  if (body === null) return "";
  for await (const chunk of body) {
    chunks.push(chunk);
    length += chunk.length;
    // Leaving the loop ends the connection: an answer may be endless.
    if (length >= longest) break;
  }
  return Buffer.concat(chunks).subarray(0, longest).toString("utf8");
}
