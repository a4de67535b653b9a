import type { Aws } from "../aws/create-aws.ts";
import type { ClientOptions } from "../aws/requests/clients.ts";
import type { AwsReads } from "../cli/toolbox/toolbox.ts";
import type { Config } from "../config/config.ts";
import { environment } from "../config/input.ts";
import type { Telemetry } from "../controller/ports/telemetry.ts";
import type { AccountId } from "../model/aws/ids.ts";
import type { ProxyRoutes } from "../model/network/proxy.ts";
import { LEASE_TERM_MS } from "../model/network/write-budget.ts";
import { openNetwork } from "./network.ts";
import { clock, random, sendLoop, SILENT } from "./ports.ts";

const FETCH_TIMEOUT_MS = 30_000;

export async function openAws(
  config: Config,
  {
    telemetry,
    routes,
    writeLeftMs = () => Infinity,
  }: {
    readonly telemetry: Telemetry;
    readonly routes: ProxyRoutes;
    readonly writeLeftMs?: (accountId: AccountId) => number;
  },
): Promise<Aws> {
  const { createAws } = await import("../aws/create-aws.ts");
  const { DEFAULT_BUDGETS } = await import("../aws/requests/budgets.ts");
  return createAws({
    ...clientOptions(config, { telemetry, routes }),
    clock,
    random,
    eventLoop: sendLoop,
    budgets: config.aws.simulator ? "unlimited" : DEFAULT_BUDGETS,
    lookupEvents: config.aws.lookupEvents,
    writeLeftMs,
  });
}

/** Where AWS is called, and with which credentials. */
export function clientOptions(
  { aws: { endpoint, endpoints, stsRegion, fips } }: Config,
  { telemetry, routes }: { readonly telemetry: Telemetry; readonly routes: ProxyRoutes },
): ClientOptions {
  return {
    network: { simulator: endpoint, endpoints, stsRegion, fips, routes },
    baseCredentials: null,
    env: environment(),
    fetchTimeoutMs: FETCH_TIMEOUT_MS,
    clock,
    telemetry,
  };
}

/**
 * A command uses this: it reads AWS and writes nothing. It has no lease, but `doctor` opens sessions that are as long as those of
 * a controller with one.
 */
export async function openAwsReads(config: Config): Promise<AwsReads> {
  const { routes } = await openNetwork(config);
  const writeLeftMs = () => (config.database === null ? Infinity : LEASE_TERM_MS);
  const aws = await openAws(config, { telemetry: SILENT, routes, writeLeftMs });
  return {
    live: aws.live,
    estates: aws.estates,
    organizations: aws.organizations,
    references: aws.references,
    examine: (account, signal) => aws.doctor.examine(account, signal),
    serviceControl: (accounts, signal) => aws.serviceControl(accounts, signal),
    close: () => aws.close(),
  };
}
