import { hideCredentials } from "../model/values/credential-text.ts";
import type { AccountId } from "../model/aws/ids.ts";
import type { ControllerPorts } from "./settings.ts";
import type { ControllerState } from "./state/controller-state.ts";
import type { AlertEvent } from "../model/alert-event.ts";

const LONGEST = 300;

/** The first line of the error, without credentials. The log has the stack. */
export function faultText(cause: unknown): string {
  const [first = ""] = hideCredentials(String(cause)).split(/[\r\n]/, 1);
  return first.length > LONGEST ? `${first.slice(0, LONGEST)}…` : first;
}

interface FailedPass {
  readonly accountId: AccountId;
  /** The number of the last pass before the failure. */
  readonly afterPass: number;
  readonly cause: unknown;
}

/**
 * A pass that threw gives no information about its account, so the account is shown as unreadable until a pass ends.
 * Sends one alert for the whole period. If the alert cannot be recorded, the next failure tries again.
 */
export async function passFailed(
  { accountId, afterPass, cause }: FailedPass,
  state: ControllerState,
  ports: ControllerPorts,
): Promise<void> {
  const before = state.account(accountId).fault;
  const reason = faultText(cause);
  const fault = { sinceMs: before?.sinceMs ?? ports.clock.nowMs(), reason, isAlerted: true };
  state.passFailed({ accountId, afterPass, fault: { ...fault, isAlerted: before?.isAlerted === true } });
  if (before?.isAlerted === true) return;
  const isRecorded = await recorded({ kind: "pass-failed", reason, ...place(accountId, state) }, ports);
  state.passFailed({ accountId, afterPass, fault: { ...fault, isAlerted: isRecorded } });
}

/** A pass has ended normally after one that threw. */
export async function passRecovered(
  accountId: AccountId,
  state: ControllerState,
  ports: ControllerPorts,
): Promise<void> {
  await recorded({ kind: "pass-recovered", ...place(accountId, state) }, ports);
}

function place(
  accountId: AccountId,
  { enforced }: ControllerState,
): { readonly incident: string; readonly account: string } {
  const account = enforced?.accounts.get(accountId)?.name ?? accountId;
  return { incident: `pass/${accountId}`, account };
}

async function recorded(alert: AlertEvent, { recorder }: ControllerPorts): Promise<boolean> {
  try {
    await recorder.record({ facts: [], change: {}, alerts: [alert] });
    return true;
  } catch {
    return false; // The store itself is failing: the log and the status show it.
  }
}
