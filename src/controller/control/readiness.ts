import { byTextOf } from "../../text/order.ts";
import type { ComparingAccount, Readiness } from "../../model/records/readiness.ts";
import type { ControllerState } from "../state/controller-state.ts";

/**
 * Whether the controller can answer requests. Readiness does not wait for the first read of the accounts, which takes
 * minutes in a large account: a Service sends `grantkeeper status` only to a ready controller.
 */
export function readinessOf(
  state: Pick<ControllerState, "enforced" | "account" | "source" | "record">,
): Readiness {
  const { enforced, source, record } = state;
  if (record.problem !== null)
    return { ready: false, waitingFor: [`the record: ${record.problem}`], comparing: [] };
  if (enforced === null) {
    const waitingFor = [source.memory.failure?.message ?? "the first snapshot"];
    return { ready: false, waitingFor, comparing: [] };
  }
  const comparing = [...enforced.accounts.values()].flatMap(({ id, name }): readonly ComparingAccount[] => {
    const { unread, failure, fault } = state.account(id);
    return unread === null ? [{ account: name, failing: fault?.reason ?? failure ?? null }] : [];
  });
  return { ready: true, waitingFor: [], comparing: comparing.toSorted(byTextOf(({ account }) => account)) };
}
