import { until } from "../../../demo/wait.ts";
import type { Control } from "../../../src/controller/ports/control.ts";
import type { Hold } from "../../../src/model/answers/hold.ts";

const HOUR_MS = 3_600_000;
const WITHIN_MS = 300_000;
const EVERY_MS = 20;

/** Looks again and again, and approves what the screens show as safe, until the signal. */
export async function operate(control: Control, signal: AbortSignal): Promise<void> {
  try {
    await reached("a revision is enforced", () => control.readiness().ready, signal);
    while (!signal.aborted) {
      await approveSafe(control);
      await look(control, signal);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

async function look(control: Control, signal: AbortSignal): Promise<void> {
  const asked = await control.reconcile({ kind: "all" }, "operator");
  if (asked.kind === "err") throw new Error(asked.error.message);
  const { token } = asked.value;
  await reached("every key had a pass", () => control.reconciled(token)?.done === true, signal);
}

async function approveSafe(control: Control): Promise<void> {
  const { holds } = await control.overview();
  for (const { subject } of holds.filter((hold) => isSafe(control, hold)))
    // A pass may have ended it since.
    await control.approve({ subject, reason: "test", forMs: HOUR_MS }, "operator");
}

/** No switch in it shows a permission that its function loses, or may lose. */
function isSafe(control: Control, hold: Hold): boolean {
  const actions = control.heldChanges(hold).flatMap((change) => change.actions);
  return actions
    .filter(({ call }) => call === "lambda:UpdateFunctionConfiguration")
    .every(({ delta }) => delta.noLongerAllowed.length + delta.unknownEffect.length === 0);
}

function reached(what: string, holds: () => boolean, signal: AbortSignal): Promise<true> {
  const probe = (): true | undefined => (holds() ? true : undefined);
  return until(what, probe, { withinMs: WITHIN_MS, everyMs: EVERY_MS, signal });
}
