import type { Clock } from "../../controller/ports/clock.ts";
import type { SinkProblem } from "../../model/records/alert-route-state.ts";
import { err, ok, type Result } from "../../model/values/result.ts";
import { httpPost, type Fetch, type HttpAnswer } from "../../network/http-post.ts";
import { networkProblem } from "./network-problem.ts";

export interface HttpTools {
  readonly clock: Pick<Clock, "nowMs">;
  /** Sends a request through the proxies of the installation. */
  readonly fetch: Fetch;
  /** Default: ten seconds. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 10_000;

export async function postOnce(
  request: Parameters<typeof httpPost>[0],
  { fetch, timeoutMs = TIMEOUT_MS }: Pick<HttpTools, "fetch" | "timeoutMs">,
  stop: AbortSignal,
): Promise<Result<HttpAnswer, SinkProblem>> {
  const signal = AbortSignal.any([stop, AbortSignal.timeout(timeoutMs)]);
  try {
    return ok(await httpPost(request, fetch, signal));
  } catch (cause) {
    return err(networkProblem(cause));
  }
}
