import type { Lane } from "./pace.ts";
import { dropSecrets } from "./secrets.ts";

/** What every command of every client is, as far as sending needs it. */
export interface SdkCommand<Output> {
  resolveMiddleware(
    stack: never,
    configuration: never,
    options: never,
  ): (args: never) => Promise<{ readonly output: Output }>;
}

/** What every client is, as far as sending needs it. */
export interface SdkClient {
  send(command: never, options: { readonly abortSignal: AbortSignal }): Promise<unknown>;
}

export interface SendOptions {
  readonly lane: Lane;
  /** Stands at the end of the user agent, so that CloudTrail's event is matched with the intent; null for reads. */
  readonly mark: string | null;
  /** How long one attempt may take, answer included. */
  readonly attemptMs: number;
  readonly isThrottle: (cause: unknown) => boolean;
}

interface AttemptArgs {
  readonly request: { readonly headers: Record<string, string> };
}
type Attempt = (args: AttemptArgs) => Promise<{ readonly output: unknown }>;
interface Stack {
  addRelativeTo(
    middleware: (next: Attempt) => Attempt,
    place: { readonly name: string; readonly relation: "before"; readonly toMiddleware: string },
  ): void;
}

/**
 * Sends a command. Each attempt (the SDK's repeats are attempts) takes its turn in the lane before it is signed, is cut
 * after `attemptMs`, and loses what is secret in its answer before anything else sees it.
 * @throws what the SDK throws
 */
export async function sendCommand<Output>(
  client: SdkClient,
  command: SdkCommand<Output>,
  options: SendOptions,
  signal: AbortSignal,
): Promise<Output> {
  const cut = new AbortController();
  const attempt =
    (next: Attempt): Attempt =>
    async (args) => {
      await options.lane.take(signal);
      if (options.mark !== null) markUserAgent(args.request.headers, options.mark);
      const timer = setTimeout(() => cut.abort(timeOut(options.attemptMs)), options.attemptMs);
      try {
        const answer = await next(args);
        dropSecrets(answer.output);
        return answer;
      } catch (cause) {
        if (options.isThrottle(cause)) options.lane.throttled();
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
