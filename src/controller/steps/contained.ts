import { isNotAssigned } from "../ports/assigned/assignment.ts";
import { isRecordFailure, recordProblem } from "../ports/store.ts";
import type { ControllerContext } from "../settings.ts";

/** Steps of which no failure stops the others, or the process. */
export class ContainedSteps {
  readonly #context: Pick<ControllerContext, "state" | "ports">;

  constructor(context: Pick<ControllerContext, "state" | "ports">) {
    this.#context = context;
  }

  /**
   * A step that failed is logged, and false. One that was aborted by a stop has failed too, and is not logged.
   * @param stop of the process
   */
  async run(step: string, stop: AbortSignal, work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      if (stop.aborted && isAbort(error)) return false;
      if (isNotAssigned(error)) {
        this.#context.ports.telemetry.info("a step ended: another replica makes the passes of its account", {
          step,
        });
        return false;
      }
      if (isRecordFailure(error)) return this.#recordFailed(recordProblem(error));
      const cause = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.#context.ports.telemetry.error("step failed", { step, reason: cause });
      return false;
    }
  }

  /** Everything fails until the record answers again, so that only the first failure is logged. */
  #recordFailed(reason: string): false {
    const { state, ports } = this.#context;
    if (state.record.failed(reason)) ports.telemetry.error("the record does not answer", { reason });
    return false;
  }
}

function isAbort(error: unknown): boolean {
  return typeof error === "object" && error !== null && "name" in error && error.name === "AbortError";
}
