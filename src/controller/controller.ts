import type { AccountId } from "../model/aws/ids.ts";
import { ControllerControl } from "./control/control.ts";
import { fetchAndAccept } from "./revision/fetch.ts";
import { Loop } from "./loop.ts";
import type { Control } from "./ports/control.ts";
import { runPass } from "./run-pass.ts";
import type { ControllerPorts, ControllerSettings } from "./settings.ts";
import { ControllerState } from "./state/controller-state.ts";
import { Ticker } from "./tick.ts";
import { retryMs } from "../settle/requeue.ts";
import type { PassScope } from "../judge/pass.ts";

/** How long a stop waits for running passes to finish, or to stop before their next write. */
const STOP_GRACE_MS = 10_000;

export interface Controller {
  readonly control: Control;
  /** Runs until the signal aborts and all running work has ended. Then writes a `stopped` entry. */
  run(stop: AbortSignal): Promise<void>;
}

/** The controller of one installation: decides when a pass runs. The caller holds the lock of the state directory. */
export function createController(settings: ControllerSettings, ports: ControllerPorts): Controller {
  const state = new ControllerState();
  const ticker = new Ticker(state, ports, settings.mode);
  const failures = new Map<AccountId, number>();
  let stopping: AbortSignal = AbortSignal.abort();

  const loop = new Loop(state, ports.clock, {
    fetch: (signal) =>
      contained(
        "fetch",
        ports,
        stopping,
        () => fetchAndAccept(state, settings, ports, signal),
        () => {
          state.fetchDueMs = ports.clock.nowMs() + retryMs(3, ports.random.next()) + 1_000;
        },
      ),
    pass: (accountId, scope) => onePass(accountId, scope),
    tick: () =>
      contained(
        "tick",
        ports,
        stopping,
        () => ticker.tick(stopping),
        () => undefined,
      ),
  });

  async function onePass(accountId: AccountId, scope: PassScope): Promise<void> {
    await contained(
      "pass",
      ports,
      stopping,
      async () => {
        await runPass(accountId, scope, state, settings, ports, stopping);
        ticker.sendAlerts(stopping);
        failures.delete(accountId);
      },
      () => {
        const attempt = failures.get(accountId) ?? 0;
        failures.set(accountId, attempt + 1);
        state.queue.addSweep(accountId, ports.clock.nowMs() + 1_000 + retryMs(attempt, ports.random.next()));
      },
    );
    sweepAgainAfterFailure(accountId);
  }

  /** A pass whose reads failed does not schedule the next sweep, so this does. */
  function sweepAgainAfterFailure(accountId: AccountId): void {
    if (state.account(accountId).failure === null) return;
    state.queue.addSweep(accountId, ports.clock.nowMs() + Math.min(settings.sweepMs, 60_000));
  }

  return {
    control: new ControllerControl(state, settings, ports, () => loop.wake()),
    run: async (stop) => {
      stopping = stop;
      await ports.audit.append([
        {
          kind: "started",
          version: settings.version,
          configDigest: settings.configDigest,
          catalogueDigest: settings.catalogueDigest,
          freshDatabase: ports.store.fresh,
        },
      ]);
      const unwatch = await ports.source.watch(() => {
        state.fetchDueMs = 0;
        loop.wake();
      });
      stop.addEventListener("abort", () => void endHard(state, ports), { once: true });
      await loop.run(stop);
      state.stopHard();
      await unwatch();
      await ticker.idle();
      await ports.audit.append([{ kind: "stopped", version: settings.version, reason: "stop requested" }]);
      await ports.audit.checkpoint();
    },
  };
}

async function endHard(state: ControllerState, ports: ControllerPorts): Promise<void> {
  try {
    await ports.clock.sleep(STOP_GRACE_MS, state.hardStop);
  } catch {
    return; // Everything ended within the grace.
  }
  state.stopHard();
}

/**
 * A failed step stops neither the other steps nor the process: it is logged and retried later. A step that was aborted
 * by a stop has not failed.
 */
async function contained(
  step: string,
  ports: ControllerPorts,
  stop: AbortSignal,
  work: () => Promise<void>,
  retry: () => void,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    retry();
    if (stop.aborted && isAbort(error)) return;
    const cause = error instanceof Error ? (error.stack ?? error.message) : String(error);
    ports.telemetry.error("step failed", { step, reason: cause });
  }
}

function isAbort(error: unknown): boolean {
  return typeof error === "object" && error !== null && "name" in error && error.name === "AbortError";
}
