import { isThrottle } from "../errors/classify.ts";
import type { RateLimit } from "./rate-limits.ts";
import { dropSecrets } from "./secrets.ts";

/** The part of the commands of all SDK clients that sending needs. */
export interface SdkCommand<Output> {
  resolveMiddleware(
    stack: never,
    configuration: never,
    options: never,
  ): (args: never) => Promise<{ readonly output: Output }>;
}

/** The part of all SDK clients that sending needs. */
export interface SdkClient {
  send(command: never, options: { readonly abortSignal: AbortSignal }): Promise<unknown>;
}

export interface SendOptions {
  readonly client: SdkClient;
  readonly rateLimit: RateLimit;
  /** Appended to the user agent, so that the CloudTrail event can be matched with the intent; null for reads. */
  readonly mark: string | null;
  /** The time limit of one attempt, including the answer. */
  readonly attemptMs: number;
}
type Attempt = (args: {
  readonly request: { readonly headers: Record<string, string> };
}) => Promise<{ readonly output: unknown }>;
interface Stack {
  addRelativeTo(
    middleware: (next: Attempt) => Attempt,
    place: { readonly name: string; readonly relation: "before"; readonly toMiddleware: string },
  ): void;
}

/**
 * Sends a command. Each attempt (also a retry by the SDK) waits for its rate limit before it is signed, and is aborted
 * after `attemptMs`. Secrets are removed from its answer before any other code sees it.
 * @throws the errors of the SDK
 */
export async function sendCommand<Output>(
  command: SdkCommand<Output>,
  options: SendOptions,
  signal: AbortSignal,
): Promise<Output> {
  const { client } = options;
  const cut = new AbortController();
  const attempt =
    (next: Attempt): Attempt =>
    async (args) => {
      await options.rateLimit.take(signal);
      if (options.mark !== null) markUserAgent(args.request.headers, options.mark);
      const timer = setTimeout(() => cut.abort(timeOut(options.attemptMs)), options.attemptMs);
      try {
        const answer = await next(args);
        dropSecrets(answer.output);
        return answer;
      } catch (cause) {
        if (isThrottle(cause)) options.rateLimit.throttled();
        throw cause;
      } finally {
        clearTimeout(timer);
      }
    };
  const { middlewareStack } = command as unknown as { readonly middlewareStack: Stack };
  middlewareStack.addRelativeTo(attempt, {
    name: "grantkeeperAttempt",
    relation: "before",
    toMiddleware: "httpSigningMiddleware",
  });
  const send = client.send.bind(client) as (
    command: SdkCommand<Output>,
    options: { readonly abortSignal: AbortSignal },
  ) => Promise<Output>;
  try {
    return await send(command, { abortSignal: AbortSignal.any([signal, cut.signal]) });
  } catch (cause) {
    if (cut.signal.aborted && !signal.aborted) throw cut.signal.reason;
    throw cause;
  }
}

function markUserAgent(headers: Record<string, string>, mark: string): void {
  const own = headers["user-agent"] ?? "";
  headers["user-agent"] = own.includes(mark) ? own : `${own} ${mark}`;
}

function timeOut(afterMs: number): Error {
  return Object.assign(new Error(`no answer within ${afterMs} ms`), { name: "TimeoutError" });
}
