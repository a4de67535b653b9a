import type { AccountId } from "../model/aws/ids.ts";
import type { DesiredAccount } from "../model/desired.ts";
import { offsetSeconds } from "../model/changes/clock-offset.ts";
import type { RequestLimits } from "../model/passes/request-limits.ts";
import type { ControllerPorts } from "./settings.ts";
import type { Telemetry } from "./ports/telemetry.ts";

/** The limits of requests to the accounts that are in force; the gauges of others end with `AccountMetrics`. */
export function measureRequests(
  accounts: ReadonlyMap<AccountId, Pick<DesiredAccount, "name">>,
  requests: RequestLimits,
  telemetry: Pick<Telemetry, "gauge">,
): void {
  for (const { accountId, region, family, budget, rate, waiting } of requests.limits()) {
    const account = accounts.get(accountId)?.name;
    if (account === undefined) continue;
    const labels = { account, region: region ?? "global", family };
    telemetry.gauge("aws_request_budget", budget, labels);
    telemetry.gauge("aws_request_rate", rate, labels);
    telemetry.gauge("aws_requests_waiting", waiting, labels);
  }
  const denied = Map.groupBy(requests.deniedCalls(), ({ accountId }) => accountId);
  for (const [id, { name: account }] of accounts)
    telemetry.gauge("aws_denied_calls", denied.get(id)?.length ?? 0, { account });
}

export function measureClock({ clockOffset, telemetry }: Pick<ControllerPorts, "clockOffset" | "telemetry">) {
  const offset = clockOffset();
  if (offset !== null) telemetry.gauge("aws_clock_offset_seconds", offsetSeconds(offset));
}
