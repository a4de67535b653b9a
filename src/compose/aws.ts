import type { Aws } from "../aws/create-aws.ts";
import type { AwsReads } from "../cli/toolbox/toolbox.ts";
import type { Config } from "../config/config.ts";
import type { Telemetry } from "../controller/ports/telemetry.ts";
import { clock, random, SILENT } from "./ports.ts";

const FETCH_TIMEOUT_MS = 30_000;

export async function openAws(config: Config, telemetry: Telemetry): Promise<Aws> {
  const { createAws } = await import("../aws/create-aws.ts");
  const { DEFAULT_BUDGETS } = await import("../aws/requests/budgets.ts");
  return createAws({
    endpoint: config.aws.endpoint,
    baseCredentials: null,
    fetchTimeoutMs: FETCH_TIMEOUT_MS,
    clock,
    random,
    telemetry,
    budgets: config.aws.simulator ? "unlimited" : DEFAULT_BUDGETS,
  });
}

/** A command uses this: it reads AWS and writes nothing. */
export async function openAwsReads(config: Config): Promise<AwsReads> {
  const aws = await openAws(config, SILENT);
  return {
    live: aws.live,
    examine: (account, signal) => aws.doctor.examine(account, signal),
    close: () => aws.close(),
  };
}
