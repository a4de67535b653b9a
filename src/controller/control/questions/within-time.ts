import { err, type Result } from "../../../model/values/result.ts";
import type { Refusal } from "../../ports/control.ts";
import type { ControllerContext } from "../../settings.ts";

export interface TimeLimit {
  readonly mostMs: number;
  readonly hint: string;
}

/** Manifests of hundreds of functions take a few seconds; those that are made to take long are not answered. */
export const PREVIEW_TIME: TimeLimit = { mostMs: 20_000, hint: "send fewer or smaller files" };
/** Reports of a few roles take seconds, more if AWS throttles: shorter than a client waits, with the wait for the turn. */
export const REPORT_TIME: TimeLimit = { mostMs: 150_000, hint: "ask again in a few minutes" };

interface LimitedContext extends Pick<ControllerContext, "state" | "ports"> {
  readonly limit: TimeLimit;
}

/**
 * Ends an answer that takes too long, or that waits too long for its turn: its caller is refused, also while the answer has not
 * ended yet.
 */
export async function withinTime<Answer>(
  { state, ports, limit: { mostMs, hint } }: LimitedContext,
  answer: (signal: AbortSignal) => Promise<Result<Answer, Refusal>>,
): Promise<Result<Answer, Refusal>> {
  const late = new AbortController();
  const done = new AbortController();
  ports.clock.sleep(mostMs, done.signal).then(
    () => late.abort(),
    () => undefined,
  );
  const { promise: lateness, reject } = Promise.withResolvers<never>();
  late.signal.addEventListener("abort", () => reject(late.signal.reason));
  try {
    return await Promise.race([answer(AbortSignal.any([state.hardStop, late.signal])), lateness]);
  } catch (error) {
    if (!late.signal.aborted || state.hardStop.aborted) throw error;
    return err({
      code: "unavailable",
      message: `the answer takes longer than ${mostMs / 1_000} s`,
      hint,
    });
  } finally {
    done.abort();
  }
}
