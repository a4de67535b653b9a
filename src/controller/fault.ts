import { cutText } from "../text/cut.ts";
import type { AlertEvent } from "../model/alert-event.ts";
import type { AccountId } from "../model/aws/ids.ts";
import { hideCredentials } from "../model/values/credential-text.ts";
import type { Settlement } from "../settle/settlement.ts";
import { comparedChanges, memoryRows } from "./assigned/memory-rows.ts";
import { measureBindings } from "./binding-metrics.ts";
import type { ControllerContext } from "./settings.ts";
import { formatIncident } from "../model/records/incident.ts";

const LONGEST = 300;

/** The first line of the error, without credentials. The log has the stack. */
export function faultText(cause: unknown): string {
  const [first = ""] = hideCredentials(String(cause)).split(/[\r\n]/, 1);
  return cutText(first, LONGEST + 1);
}

interface FailedPass {
  readonly accountId: AccountId;
  /** The number of the last pass before the failure. */
  readonly lastPass: number;
  readonly cause: unknown;
}

/**
 * A pass that threw gives no information about its account, so the account is shown as unreadable until a pass ends.
 * Sends one alert for the entire period. If the alert cannot be recorded, the next failure tries again.
 */
export async function passFailed(
  { accountId, lastPass, cause }: FailedPass,
  context: ControllerContext,
): Promise<void> {
  const { state, ports } = context;
  const before = state.account(accountId).fault;
  const reason = faultText(cause);
  const sinceMs = before?.sinceMs ?? ports.clock.nowMs();
  const fault = { sinceMs, reason, isAlerted: before?.isAlerted === true };
  const { account } = place(accountId, context);
  ports.telemetry.count("passes_total", { account, outcome: "fault" });
  state.passFailed(accountId, fault, lastPass);
  measureBindings({ id: accountId, name: account }, state, ports.telemetry);
  const memories = (): ReturnType<typeof memoryRows> =>
    memoryRows(accountId, state.account(accountId), {
      ...ports,
      compared: comparedChanges(accountId, state, new Set()),
    });
  if (ports.memories !== null)
    await isRecorded(
      async () => ({ facts: [], change: { memories: await memories() }, alerts: [] }),
      context,
    );
  if (fault.isAlerted) return;
  const alert = { kind: "pass-failed", reason, ...place(accountId, context) } as const;
  if (await isRecorded(async () => ({ facts: [], change: {}, alerts: [alert] }), context))
    state.faultAlerted(accountId, fault);
}

/**
 * The end of an alerted period, for the settlement of the first pass that ends normally after one that threw. An earlier
 * process may have alerted: the recorder knows, and drops a recovery from nothing.
 */
export function recoveryAlerts(accountId: AccountId, context: ControllerContext): readonly AlertEvent[] {
  const { fault, firstPassEnded } = context.state.account(accountId);
  return fault?.isAlerted === true || !firstPassEnded
    ? [{ kind: "pass-recovered", ...place(accountId, context) }]
    : [];
}

function place(
  accountId: AccountId,
  { state: { enforced } }: ControllerContext,
): { readonly incident: string; readonly account: string } {
  const account = enforced?.accounts.get(accountId)?.name ?? accountId;
  return { incident: formatIncident({ kind: "pass", accountId }), account };
}

async function isRecorded(
  settlement: () => Promise<Settlement>,
  { ports }: ControllerContext,
): Promise<boolean> {
  try {
    await ports.recorder.record(await settlement());
    return true;
  } catch {
    return false; // The store itself is failing: the log and the status show it.
  }
}
