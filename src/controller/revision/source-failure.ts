import { faultText } from "../fault.ts";
import type { SourceError } from "../ports/source.ts";
import type { ControllerPorts } from "../settings.ts";
import type { ControllerState } from "../state/controller-state.ts";

type Failure = Pick<SourceError, "message" | "fix">;

/** The source could not be fetched. */
export async function sourceFailed(
  error: SourceError,
  state: ControllerState,
  ports: ControllerPorts,
): Promise<void> {
  const isNew = state.source.failure === null;
  noteFailure(error, state);
  if (isNew)
    ports.telemetry.warn("source failed", {
      source: ports.source.name,
      code: error.code,
      reason: error.message,
    });
  await alertOnce(error, state, ports);
}

/**
 * An error of Grantkeeper, or a record that cannot be written: the step is logged and tried again by the caller. Until it
 * works, the pushed revision is not in effect, and no screen may show it as if it were.
 */
export async function sourceFault(
  cause: unknown,
  state: ControllerState,
  ports: ControllerPorts,
): Promise<void> {
  const failure = {
    message: `source "${ports.source.name}": its newest revision was not processed: ${faultText(cause)}`,
    fix: "the accepted revision stays enforced; see the log for the cause, it is tried again by itself",
  };
  noteFailure(failure, state);
  await alertOnce(failure, state, ports);
}

/** For the status alone. */
export function noteFailure({ message, fix }: Failure, state: ControllerState): void {
  state.source = { ...state.source, failure: { message, fix, refused: false } };
}

/** One alert while it lasts. One that cannot be recorded is tried again with the next failure; the status shows it already. */
async function alertOnce(
  { message, fix }: Failure,
  state: ControllerState,
  { recorder, source, telemetry }: ControllerPorts,
): Promise<void> {
  if (state.source.isAlerted) return;
  try {
    await recorder.record({
      facts: [],
      change: {},
      alerts: [{ kind: "source-failed", source: source.name, reason: message, fix }],
    });
    state.source = { ...state.source, isAlerted: true };
  } catch (cause) {
    telemetry.warn("alert not recorded", { source: source.name, reason: faultText(cause) });
  }
}
