import { err, type Result } from "../../../model/values/result.ts";
import type { Refusal } from "../../ports/control.ts";
import type { ControllerContext } from "../../settings.ts";

export interface TimeLimit {
  readonly mostMs: number;
  readonly hint: string;
}

/** Manifests of hundreds of functions take a few seconds; those that are made to take long are not answered. */
export const PREVIEW_TIME: TimeLimit = { mostMs: 20_000, hint: "send fewer or smaller files" };
/** Reports of a few roles take seconds, more if AWS throttles: shorter than a client waits. */
export const REPORT_TIME: TimeLimit = { mostMs: 150_000, hint: "ask again in a few minutes" };

interface LimitedContext extends Pick<ControllerContext, "state" | "ports"> {
  readonly limit: TimeLimit;
}

/** Ends a computation that takes too long: its caller is refused, and the next question has its turn. */
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
  try {
    return await answer(AbortSignal.any([state.hardStop, late.signal]));
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
