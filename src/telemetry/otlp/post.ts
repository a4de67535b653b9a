import { httpPost, type Fetch } from "../../network/http-post.ts";

/** What became of a request to the collector. */
export type PostResult =
  /** `rejected`: how many items the collector refused of those that it accepted otherwise. */
  | { readonly kind: "accepted"; readonly rejected: number }
  | { readonly kind: "retry"; readonly reason: string; readonly afterMs: number }
  | { readonly kind: "refused"; readonly reason: string };

export interface PostTools {
  /** Through the proxies of the installation. */
  readonly fetch: Fetch;
  /** Read for each request, so that a token can be rotated. @throws if the file cannot be read */
  readonly headers: () => Promise<Readonly<Record<string, string>>>;
  readonly timeoutMs: number;
}

/** @see https://opentelemetry.io/docs/specs/otlp/#failures-1 */
const RETRYABLE: ReadonlySet<number> = new Set([429, 502, 503, 504]);
const LONGEST_PAUSE_MS = 300_000;

/** Posts once. Never throws. */
export async function post(
  { url, body }: { readonly url: string; readonly body: object },
  tools: PostTools,
  stop: AbortSignal,
): Promise<PostResult> {
  try {
    const headers = { ...(await tools.headers()), "content-type": "application/json" };
    const signal = AbortSignal.any([stop, AbortSignal.timeout(tools.timeoutMs)]);
    const answer = await httpPost({ url, body: JSON.stringify(body), headers }, tools.fetch, signal);
    const { status, retryAfterMs, text } = answer;
    if (status >= 200 && status < 300) return { kind: "accepted", rejected: rejectedIn(text) };
    const reason = `HTTP ${status}`;
    if (!RETRYABLE.has(status)) return { kind: "refused", reason };
    return { kind: "retry", reason, afterMs: Math.min(retryAfterMs ?? 0, LONGEST_PAUSE_MS) };
  } catch (cause) {
    return { kind: "retry", reason: reasonOf(cause), afterMs: 0 };
  }
}

/** An answer that is not JSON, or has no such field, rejects nothing. */
function rejectedIn(text: string): number {
  const found = /"rejected(?:Spans|DataPoints)"\s*:\s*"?(\d{1,9})/.exec(text);
  return found === null ? 0 : Number(found[1]);
}

/** `fetch` hides the reason in its cause. */
function reasonOf(cause: unknown): string {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  return inner instanceof Error ? inner.message : String(inner);
}
