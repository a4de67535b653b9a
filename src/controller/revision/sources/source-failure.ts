import { faultText } from "../../fault.ts";
import type { SourceError, SourceFailure } from "../../ports/source.ts";
import type { ControllerContext } from "../../settings.ts";
import type { KnownSource } from "./known-sources.ts";

interface FailingSource {
  readonly context: ControllerContext;
  readonly target: KnownSource;
}

/** The source could not be fetched. */
export async function sourceFailed(error: SourceError, failing: FailingSource): Promise<void> {
  showFailure(error, failing);
  await alertOnce(error, failing);
}

/** In the status, and once in the log. A cause that takes the place of another one is logged too. */
export function showFailure(error: SourceError, { context: { ports }, target }: FailingSource): void {
  const { code, message: reason, text: message, fix } = error;
  if (target.memory.failed({ message, fix }))
    ports.telemetry.warn("source failed", { source: target.source.name, code, reason, hint: fix });
}

/**
 * An error of Grantkeeper, or a record that cannot be written: the caller logs the step and tries it again. Until that
 * succeeds, the pushed revision is not in effect, and no screen may show it as if it were.
 */
export async function sourceFault(cause: unknown, failing: FailingSource): Promise<void> {
  const { source, memory } = failing.target;
  const message = `its newest revision was not processed: ${faultText(cause)}`;
  const fix =
    "see the log for the cause; the accepted revision stays enforced, and Grantkeeper retries automatically";
  memory.failed({ message, fix });
  await alertOnce({ message: `source "${source.name}": ${message}`, fix }, failing);
}

/**
 * The newest revision is in force or held: the end of a failure. An earlier process may have alerted: the recorder knows,
 * and drops a recovery from nothing.
 */
export async function sourceRecovered({ context: { ports }, target }: FailingSource): Promise<void> {
  const { failure, isProcessed } = target.memory.memory;
  if (failure === null && isProcessed) return;
  const { source, namespace } = target;
  const alerts = [{ kind: "source-recovered", source: source.name, namespace }] as const;
  await ports.recorder.record({ facts: [], change: {}, alerts });
}

/** One alert while the failure lasts. If it cannot be recorded, the next failure tries again; the status shows it already. */
async function alertOnce(
  { message, fix }: Pick<SourceFailure, "message" | "fix">,
  { context: { ports }, target: { source, namespace, memory } }: FailingSource,
): Promise<void> {
  if (memory.memory.isAlerted) return;
  const { name } = source;
  try {
    const alerts = [{ kind: "source-failed", source: name, namespace, reason: message, fix }] as const;
    await ports.recorder.record({ facts: [], change: {}, alerts });
    memory.alerted();
  } catch (cause) {
    ports.telemetry.warn("alert not recorded", { source: name, reason: faultText(cause) });
  }
}
