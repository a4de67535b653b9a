import { WAVE_PHASES, wavePhase } from "../model/records/wave-record.ts";
import { fixOfAwsError } from "../model/aws/errors/aws-error.ts";
import type { Pass } from "../judge/subject.ts";
import { keptPoliciesMs, oldestPolicyReadMs } from "../model/live.ts";
import type { PassResult } from "../settle/outcome/outcome.ts";
import type { PassSettlement } from "../settle/settle.ts";
import type { SpanStart } from "./ports/telemetry.ts";
import type { ControllerPorts } from "./settings.ts";

type MeasuredPass = Extract<PassResult, { readonly kind: "done" }>;

export function writesOf(result: PassResult): number {
  return result.kind === "failed" ? 0 : writeOutcomes(result).length;
}

function writeOutcomes({
  outcomes,
}: MeasuredPass): Extract<MeasuredPass["outcomes"][number], { readonly kind: "written" }>["writes"] {
  return outcomes.flatMap((outcome) => (outcome.kind === "written" ? outcome.writes : []));
}

interface MeasuringPorts extends Pick<ControllerPorts, "telemetry"> {
  readonly clock: Pick<ControllerPorts["clock"], "nowMs">;
}

/** The log line and the metrics of one pass. */
export function measurePass(
  result: PassResult,
  settled: PassSettlement,
  { clock, telemetry }: MeasuringPorts,
): void {
  const { id: pass, account: declared, scope, startedAtMs } = result.pass;
  const account = declared.name;
  const durationMs = clock.nowMs() - startedAtMs;
  telemetry.count("passes_total", { account, outcome: result.kind });
  telemetry.observe("pass_duration_seconds", durationMs / 1_000, { account, scope: scope.kind });
  if (result.kind === "failed") {
    const { error } = result;
    const hint = fixOfAwsError(error) ?? `grantkeeper doctor --account ${account}`;
    telemetry.error("pass failed", { pass, account, reason: error.message, hint });
    return;
  }
  const writes = writesOf(result);
  const keys = result.outcomes.length;
  const holds = settled.holds.length;
  if (writes > 0 || scope.kind === "all")
    telemetry.info("pass ended", { pass, account, scope: scope.kind, keys, writes, holds, durationMs });
  measureAccount(result, settled, telemetry);
}

function measureAccount(
  result: MeasuredPass,
  { orphans, settlement }: PassSettlement,
  telemetry: ControllerPorts["telemetry"],
): void {
  const account = result.pass.account.name;
  for (const { action, kind } of writeOutcomes(result))
    telemetry.count("writes_total", { account, call: action.call, outcome: kind });
  if (result.swept) {
    const sweptMs = result.observed.observedAtMs;
    telemetry.gauge("last_sweep_timestamp_seconds", sweptMs / 1_000, { account });
    measurePolicies(result, account, telemetry);
  }
  telemetry.gauge("orphans", orphans.length, { account });
  for (const { functionsSeen, functionsInGit, waves = {} } of settlement.change.accounts ?? []) {
    for (const state of WAVE_PHASES) {
      const open = Object.values(waves).filter(
        ({ open: wave }) => wave !== null && wavePhase(wave) === state,
      );
      telemetry.gauge("adoption_waves", open.length, { account, state });
    }
    telemetry.gauge("functions", functionsSeen ?? 0, { account, where: "aws" });
    telemetry.gauge("functions", functionsInGit ?? 0, { account, where: "git" });
  }
}

function measurePolicies(
  { live, observed }: Pick<MeasuredPass, "live" | "observed">,
  account: string,
  telemetry: ControllerPorts["telemetry"],
): void {
  const read = [...live.regions.values()].flatMap((at) =>
    at.kind === "read"
      ? [...at.functions.values()].filter(({ policiesReadMs }) => policiesReadMs !== undefined)
      : [],
  );
  const kept = read.filter((one) => keptPoliciesMs(one) !== null).length;
  telemetry.gauge("function_policies", read.length - kept, { account, how: "read" });
  telemetry.gauge("function_policies", kept, { account, how: "kept" });
  const oldestMs = oldestPolicyReadMs(live) ?? observed.observedAtMs;
  telemetry.gauge("oldest_function_policy_timestamp_seconds", oldestMs / 1_000, { account });
}

export function passSpan({ id, account, scope }: Pick<Pass, "id" | "account" | "scope">): SpanStart {
  return {
    name: "pass",
    kind: "internal",
    attributes: {
      "grantkeeper.pass": id,
      "grantkeeper.account": account.name,
      "grantkeeper.scope": scope.kind,
      "cloud.provider": "aws",
      "cloud.account.id": account.id,
    },
  };
}
