import type { AccountId } from "../../model/aws/ids.ts";
import { retryMs } from "../../settle/requeue.ts";
import { runPass } from "../run-pass.ts";
import type { ControllerContext } from "../settings.ts";
import type { DueWork } from "../state/workqueue.ts";
import type { ContainedSteps } from "./contained.ts";

/** The longest wait for the next sweep of an account that could not be read. */
const RESWEEP_MS = 60_000;

/** Runs passes; one that fails is repeated, later each time. */
export class PassRuns {
  readonly #context: ControllerContext;
  readonly #steps: ContainedSteps;
  /** Passes in a row that threw, by account. */
  readonly #faults = new Map<AccountId, number>();

  constructor(context: ControllerContext, steps: ContainedSteps) {
    this.#context = context;
    this.#steps = steps;
  }

  /** @returns whether it ended without an unexpected error */
  async run(work: DueWork, stop: AbortSignal): Promise<boolean> {
    const { accountId } = work;
    const { state, settings, ports } = this.#context;
    const isDone = await this.#steps.run("pass", stop, () => runPass(work, this.#context, stop));
    state.signal.changed();
    const before = this.#faults.get(accountId) ?? 0;
    if (isDone) this.#faults.delete(accountId);
    else {
      this.#faults.set(accountId, before + 1);
      state.queue.addSweep(accountId, retryAtMs(before, ports));
    }
    // A pass whose reads failed does not schedule the next sweep, so this does.
    if (state.account(accountId).failure !== null)
      state.queue.addSweep(accountId, ports.clock.nowMs() + Math.min(settings.sweepMs, RESWEEP_MS));
    return isDone;
  }

  /** The record answers again: the accounts whose passes failed do not wait for their next attempt. */
  recordAnswers(): void {
    const { state, ports } = this.#context;
    ports.telemetry.info("the record answers again");
    for (const accountId of this.#faults.keys()) state.queue.addSweep(accountId, ports.clock.nowMs());
  }
}

export function retryAtMs(
  attempt: number,
  { clock, random }: Pick<ControllerContext["ports"], "clock" | "random">,
): number {
  return clock.nowMs() + retryMs(attempt, random.next()) + 1_000;
}
