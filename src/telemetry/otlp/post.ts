/** What became of a request to the collector. */
export type Posted =
  /** `rejected`: how many items the collector refused of those that it accepted otherwise. */
  | { readonly kind: "accepted"; readonly rejected: number }
  | { readonly kind: "retry"; readonly reason: string; readonly afterMs: number }
  | { readonly kind: "refused"; readonly reason: string };

export interface PostTools {
  /** Through the proxies of the installation. */
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  /** Read for each request, so that a token can be rotated. @throws if the file cannot be read */
  readonly headers: () => Promise<Readonly<Record<string, string>>>;
  readonly timeoutMs: number;
}

/** @see https://opentelemetry.io/docs/specs/otlp/#failures-1 */
const RETRYABLE: ReadonlySet<number> = new Set([429, 502, 503, 504]);
const LONGEST_ANSWER = 65_536;
const LONGEST_PAUSE_MS = 300_000;

/** Posts once. Redirects are not followed: they could lead the headers to another host. Never throws. */
export async function post(
  { url, body }: { readonly url: string; readonly body: object },
  tools: PostTools,
  stop: AbortSignal,
): Promise<Posted> {
  try {
    const headers = {
      ...(await tools.headers()),
      "content-type": "application/json",
      "user-agent": "grantkeeper",
    };
    const signal = AbortSignal.any([stop, AbortSignal.timeout(tools.timeoutMs)]);
    const init = { method: "POST", body: JSON.stringify(body), headers, redirect: "manual", signal } as const;
    const response = await tools.fetch(url, init);
    const text = await startOf(response);
    if (response.status >= 200 && response.status < 300)
      return { kind: "accepted", rejected: rejectedIn(text) };
    const reason = `HTTP ${response.status}`;
    if (!RETRYABLE.has(response.status)) return { kind: "refused", reason };
    return { kind: "retry", reason, afterMs: pauseMs(response.headers.get("retry-after")) };
  } catch (cause) {
    return { kind: "retry", reason: reasonOf(cause), afterMs: 0 };
  }
}

async function startOf({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  if (body === null) return "";
  for await (const chunk of body) {
    chunks.push(chunk);
    length += chunk.length;
    // Leaving the loop ends the connection: an answer may be endless.
    if (length >= LONGEST_ANSWER) break;
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** An answer that is not JSON, or has no such field, rejects nothing. */
function rejectedIn(text: string): number {
  const found = /"rejected(?:Spans|DataPoints)"\s*:\s*"?(\d{1,9})/.exec(text);
  return found === null ? 0 : Number(found[1]);
}

function pauseMs(header: string | null): number {
  if (header === null || !/^\d{1,9}$/.test(header)) return 0;
  return Math.min(Number(header) * 1_000, LONGEST_PAUSE_MS);
}

/** `fetch` hides the reason in its cause. */
function reasonOf(cause: unknown): string {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  return inner instanceof Error ? inner.message : String(inner);
}
