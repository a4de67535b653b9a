import { err, type Result } from "../../../model/values/result.ts";
import type { Refusal } from "../../ports/control.ts";
import type { ControllerContext } from "../../settings.ts";

/** Manifests of hundreds of functions take a few seconds; those that are made to take long are not answered. */
const MOST_MS = 20_000;

/** Ends a computation that takes too long: its caller is refused, and the next question has its turn. */
export async function withinTime<Answer>(
  { state, ports }: Pick<ControllerContext, "state" | "ports">,
  answer: (signal: AbortSignal) => Promise<Result<Answer, Refusal>>,
): Promise<Result<Answer, Refusal>> {
  const late = new AbortController();
  const done = new AbortController();
  ports.clock.sleep(MOST_MS, done.signal).then(
    () => late.abort(),
    () => undefined,
  );
  try {
    return await answer(AbortSignal.any([state.hardStop, late.signal]));
  } catch (error) {
    if (!late.signal.aborted || state.hardStop.aborted) throw error;
    return err({
      code: "unavailable",
      message: `the answer takes longer than ${MOST_MS / 1_000} s`,
      hint: "send fewer or smaller files",
    });
  } finally {
    done.abort();
  }
}
