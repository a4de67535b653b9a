import { unreportedChanges } from "../../judge/policy-reads/unreported-changes.ts";
import type { Pass } from "../../judge/subject.ts";
import type { AccountId } from "../../model/aws/ids.ts";
import type { EventProof } from "../../model/changes/event-proof.ts";
import type { PassResult } from "../../settle/outcome/outcome.ts";
import type { ControllerContext } from "../settings.ts";
import type { ControllerState } from "../state/controller-state.ts";

/** What a sweep of the account may keep of its last reading; nothing while a person waits for a read of everything. */
export function policyReadsOf(
  accountId: AccountId,
  { state, settings }: Pick<ControllerContext, "state" | "settings">,
  nowMs: number,
): Pick<Pass, "policyReads"> {
  const withinMs = settings.policiesWithinMs;
  if (withinMs === 0 || state.requests.isAskedFor(accountId)) return {};
  const proof = proofNow(accountId, state, nowMs);
  if (proof === null) return {};
  const { uncompared } = state;
  const { views } = state.account(accountId);
  const tookMs = state.sweeps.tookMs(accountId);
  return { policyReads: { proof, withinMs, tookMs, uncompared, views } };
}

function proofNow(accountId: AccountId, state: ControllerState, nowMs: number): EventProof | null {
  const sinceMs = state.changeQueues.answerSinceMs(accountId, nowMs);
  return state.eventTrust.proofOf(accountId, sinceMs, nowMs);
}

/** A policy that changed without an event shows that events of its region may be lost. */
export function seeLostEvents(
  result: PassResult,
  { state, ports: { clock, telemetry } }: Pick<ControllerContext, "state" | "ports">,
): void {
  const { account, base: before } = result.pass;
  const nowMs = clock.nowMs();
  const proof = proofNow(account.id, state, nowMs);
  if (result.kind === "done" && before !== null && proof !== null)
    for (const change of unreportedChanges({
      before,
      after: result.observed,
      proof,
      writes: result.writes,
    })) {
      const { region, name } = change;
      state.eventTrust.unreported(account.id, change, nowMs);
      telemetry.count("policy_changes_without_event_total", { account: account.name, region });
      telemetry.warn("a policy changed without a change event: each sweep reads all policies of the region", {
        account: account.name,
        region,
        function: name,
      });
    }
  measureEvents(account, { state, telemetry }, nowMs);
}

function measureEvents(
  { id, name: account, regions }: Pass["account"],
  { state, telemetry }: Pick<ControllerContext, "state"> & Pick<ControllerContext["ports"], "telemetry">,
  nowMs: number,
): void {
  if (!state.changeQueues.all.some(({ accounts }) => accounts.includes(id))) return;
  const proven = proofNow(id, state, nowMs)?.sinceMs;
  const lost = state.eventTrust.lostIn(id, nowMs);
  for (const region of regions) {
    telemetry.gauge("change_events_proven", proven?.has(region) === true ? 1 : 0, { account, region });
    const isLost = lost.some((one) => one.region === region);
    telemetry.gauge("change_events_lost", isLost ? 1 : 0, { account, region });
  }
}
