import { isThrottle } from "../errors/classify.ts";
import type { RateLimit } from "./rate-limits.ts";
import { WRITE_BUDGET_MS } from "../../model/network/write-budget.ts";

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
  /** null for reads. */
  readonly write: WriteSending | null;
  /** The time limit of one attempt, including the answer. */
  readonly attemptMs: number;
}

interface WriteSending {
  /** Appended to the user agent, so that the CloudTrail event can be matched with the intent. */
  readonly mark: string;
  /** How long this process may still write. */
  readonly leftMs: () => number;
  /** How long AWS accepts writes of the session. */
  readonly sessionLeftMs: () => number;
}

/** A write was not sent, because this process may not write for long enough. */
export class WriteTooLate extends Error {
  override readonly name = "WriteTooLate";
}

/** A write was not sent, because AWS does not accept those of its session for long enough. */
export class SessionTooShort extends Error {
  override readonly name = "SessionTooShort";
}

type Attempt = (args: {
  readonly request: { readonly headers: Record<string, string> };
}) => Promise<{ readonly output: unknown }>;
interface MiddlewareStack {
  add(
    middleware: (next: Attempt) => Attempt,
    place: { readonly name: string; readonly step: "deserialize"; readonly priority: "low" },
  ): void;
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
      if (options.write !== null) markUserAgent(args.request.headers, options.write.mark);
      const limitMs = Math.min(options.attemptMs, checkedLeftMs(options));
      const timer = setTimeout(() => cut.abort(timeOut(limitMs)), limitMs);
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
  const { middlewareStack } = command as unknown as { readonly middlewareStack: MiddlewareStack };
  middlewareStack.addRelativeTo(attempt, {
    name: "grantkeeperAttempt",
    relation: "before",
    toMiddleware: "httpSigningMiddleware",
  });
  // The innermost step: nothing waits between it and the connection.
  middlewareStack.add(
    (next) => async (args) => {
      checkedLeftMs(options);
      return next(args);
    },
    {
      name: "grantkeeperWriteCheck",
      step: "deserialize",
      priority: "low",
    },
  );
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

/** @throws WriteTooLate, SessionTooShort */
function checkedLeftMs({ write }: SendOptions): number {
  const leftMs = write?.leftMs() ?? Infinity;
  if (leftMs < WRITE_BUDGET_MS) throw new WriteTooLate("another process may write soon");
  if ((write?.sessionLeftMs() ?? Infinity) < WRITE_BUDGET_MS)
    throw new SessionTooShort("AWS may soon refuse the writes of this session");
  return leftMs;
}

function markUserAgent(headers: Record<string, string>, mark: string): void {
  const own = headers["user-agent"] ?? "";
  headers["user-agent"] = own.includes(mark) ? own : `${own} ${mark}`;
}

function timeOut(afterMs: number): Error {
  return Object.assign(new Error(`no answer within ${afterMs} ms`), { name: "TimeoutError" });
}

/** Members of Lambda's answers that list configurations. */
const LISTS = ["Functions", "Versions"] as const;

/**
 * Removes the environment variables from an answer of Lambda, in place: they are secrets and must not be kept,
 * compared, logged or shown.
 */
export function dropSecrets(answer: unknown): void {
  if (typeof answer !== "object" || answer === null) return;
  const members = answer as Record<string, unknown>;
  delete members["Environment"];
  for (const name of LISTS) {
    const list = members[name];
    if (Array.isArray(list)) list.forEach(dropSecrets);
  }
}
