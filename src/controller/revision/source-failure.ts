import { faultText } from "../fault.ts";
import type { SourceFailure } from "../ports/control.ts";
import type { SourceError } from "../ports/source.ts";
import type { ControllerContext } from "../settings.ts";

/** The source could not be fetched. */
export async function sourceFailed(error: SourceError, context: ControllerContext): Promise<void> {
  const { state, ports } = context;
  const { code, message, text, fix } = error;
  const isNew = state.source.memory.failure === null;
  state.source.failed({ message: text, fix });
  if (isNew) ports.telemetry.warn("source failed", { source: ports.source.name, code, reason: message });
  await alertOnce({ message, fix }, context);
}

/**
 * An error of Grantkeeper, or a record that cannot be written: the caller logs the step and tries it again. Until that
 * succeeds, the pushed revision is not in effect, and no screen may show it as if it were.
 */
export async function sourceFault(cause: unknown, context: ControllerContext): Promise<void> {
  const { state, ports } = context;
  const message = `its newest revision was not processed: ${faultText(cause)}`;
  const fix =
    "see the log for the cause; the accepted revision stays enforced, and Grantkeeper retries automatically";
  state.source.failed({ message, fix });
  await alertOnce({ message: `source "${ports.source.name}": ${message}`, fix }, context);
}

/** One alert while the failure lasts. If it cannot be recorded, the next failure tries again; the status shows it already. */
async function alertOnce(
  { message, fix }: Pick<SourceFailure, "message" | "fix">,
  { state, ports }: ControllerContext,
): Promise<void> {
  if (state.source.memory.isAlerted) return;
  const source = ports.source.name;
  try {
    const alerts = [{ kind: "source-failed", source, reason: message, fix }] as const;
    await ports.recorder.record({ facts: [], change: {}, alerts });
    state.source.alerted();
  } catch (cause) {
    ports.telemetry.warn("alert not recorded", { source, reason: faultText(cause) });
  }
}
