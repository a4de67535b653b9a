import type { ActionDataLoader } from "../controller/ports/action-data-loader.ts";
import type { Actuator } from "../controller/ports/actuator.ts";
import type { Clock } from "../controller/ports/clock.ts";
import type { Organizations } from "../controller/ports/estate/organizations.ts";
import type { EstateReader } from "../controller/ports/estate/estate-reader.ts";
import type { EventHistory } from "../controller/ports/estate/event-history.ts";
import type { EventLoop } from "../controller/ports/event-loop.ts";
import type { LiveState } from "../controller/ports/live-state.ts";
import type { References } from "../controller/ports/estate/references.ts";
import type { Random } from "../controller/ports/random.ts";
import type { Telemetry } from "../controller/ports/telemetry.ts";
import type { ClockOffset } from "../model/changes/clock-offset.ts";
import type { AccountId } from "../model/aws/ids.ts";
import { IamActionData } from "./action-data/action-data.ts";
import { AwsActuator } from "./apply/apply.ts";
import type { Budgets } from "./requests/budgets.ts";
import { Circuits, type OpenCircuit } from "./requests/circuit.ts";
import { Clients, type ClientOptions } from "./requests/clients.ts";
import type { Probe } from "../model/answers/probe.ts";
import type { Doctor, DoctorParts } from "./doctor/doctor.ts";
import type { ControlledAccounts } from "./doctor/service-control.ts";
import type { EstateReaderParts } from "./estate/estate-reader.ts";
import { AwsGateway } from "./requests/gateway.ts";
import { KnownQuotas } from "./observe/account-quotas.ts";
import { AwsManagedPolicies } from "./observe/aws-managed.ts";
import { AwsLiveState } from "./observe/live-state.ts";
import { PolicyAttributes } from "./observe/policy-attributes.ts";
import type { RequestLimits } from "../model/passes/request-limits.ts";
import { CallRateLimits } from "./requests/rate-limits.ts";
import { askAws } from "./requests/ask-aws.ts";
import { Sessions } from "./requests/sessions.ts";
import { WriteFence } from "./requests/write-fence.ts";

export interface AwsOptions extends ClientOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Each request waits for its turn before it is sent. */
  readonly eventLoop: Pick<EventLoop, "turn">;
  readonly telemetry: Telemetry;
  readonly budgets: Budgets;
  /** CloudTrail is asked who made a difference. Missing: it is not. */
  readonly lookupEvents?: boolean;
  /** How long this process may still write in an account. Missing: no other process writes. */
  readonly writeLeftMs?: (accountId: AccountId) => number;
}

export interface Aws {
  readonly live: LiveState;
  readonly estates: EstateReader;
  readonly organizations: Organizations;
  readonly references: References;
  /** null: CloudTrail is not asked. */
  readonly eventHistory: EventHistory | null;
  readonly actuator: Actuator;
  readonly actionData: ActionDataLoader;
  readonly doctor: Pick<Doctor, "examine">;
  /** For `doctor` alone: the loop reads no service control policy. */
  serviceControl(
    accounts: ControlledAccounts,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<AccountId, readonly Probe[]>>;
  readonly requestLimits: AwsRequestLimits;
  /** Of AWS's clock, by its answers of the last 15 minutes; null: there are none. */
  clockOffset(): ClockOffset | null;
  /** Closes all connections. */
  close(): void;
}

interface AwsRequestLimits extends RequestLimits {
  deniedCalls(): readonly OpenCircuit[];
}

/** Creates all adapters to AWS over one client factory. */
export function createAws(options: AwsOptions): Aws {
  const { clock, random, eventLoop, telemetry, budgets } = options;
  const { lookupEvents = false, writeLeftMs = () => Infinity } = options;
  const clients = new Clients(options);
  const circuits = new Circuits({ clock, random, telemetry });
  const rateLimits = new CallRateLimits(budgets, clock);
  const fence = new WriteFence({
    writeLeftMs,
    awsTime: () => clients.awsTime(),
    askAws: (partition, signal) => askAws(clients, partition, signal),
  });
  const sessions = new Sessions({ clients, clock, telemetry, fence });
  const gateway = new AwsGateway({
    clients,
    sessions,
    rateLimits,
    circuits,
    telemetry,
    eventLoop,
    writeLeftMs,
    fence,
  });
  const caches = {
    awsManaged: new AwsManagedPolicies(clock),
    policyAttributes: new PolicyAttributes(),
    quotas: new KnownQuotas(clock, telemetry),
  };
  const live = new AwsLiveState({ gateway, caches, clock });
  return {
    live,
    estates: lazyEstates({ gateway, caches, clock }),
    organizations: lazyOrganizations(gateway),
    references: lazyReferences(gateway),
    eventHistory: lookupEvents ? lazyEventHistory(gateway) : null,
    actuator: new AwsActuator(gateway, caches.policyAttributes),
    actionData: new IamActionData(),
    doctor: lazyDoctor({ clients, gateway, sessions, lookupEvents }),
    serviceControl: async (accounts, signal) => {
      const { readServiceControl } = await import("./organizations/service-control.ts");
      const { serviceControlChecks } = await import("./doctor/service-control.ts");
      return serviceControlChecks(
        accounts,
        (accountsOfReader) => readServiceControl(gateway, accountsOfReader, signal),
        (partition) => clients.stsRegion(partition),
      );
    },
    requestLimits: { limits: () => rateLimits.list(), deniedCalls: () => circuits.list() },
    clockOffset: () => clients.clockOffset(),
    close: () => clients.close(),
  };
}

/** Loaded for the first call: a controller that starts needs neither it nor its clients of CloudFormation and tags. */
function lazyDoctor(parts: DoctorParts): Aws["doctor"] {
  return {
    examine: async (account, signal) => {
      const { Doctor: Examiner } = await import("./doctor/doctor.ts");
      return new Examiner(parts).examine(account, signal);
    },
  };
}

/** Loaded for the first call, with its client of tags: only adoption reads an estate. */
function lazyEstates(parts: EstateReaderParts): EstateReader {
  const load = async (): Promise<EstateReader> => {
    const { AwsEstateReader } = await import("./estate/estate-reader.ts");
    return new AwsEstateReader(parts);
  };
  return {
    read: async (request, signal) => (await load()).read(request, signal),
    functionTags: async (place, signal) => (await load()).functionTags(place, signal),
    roleAccess: async (request, signal) => (await load()).roleAccess(request, signal),
  };
}

/** The client of Organizations is loaded for the first set: most installations have none. */
function lazyOrganizations(gateway: AwsGateway): Organizations {
  return {
    accountsOf: async (set, signal) => {
      const { AwsOrganizations } = await import("./organizations/organizations.ts");
      return new AwsOrganizations(gateway).accountsOf(set, signal);
    },
  };
}

/** The clients of CloudFormation and Systems Manager are loaded for the first reference: most installations have none. */
function lazyReferences(gateway: AwsGateway): References {
  return {
    read: async (places, account, signal) => {
      const { AwsReferences } = await import("./references/references.ts");
      return new AwsReferences(gateway).read(places, account, signal);
    },
  };
}

/** The client of CloudTrail is loaded for the first search. */
function lazyEventHistory(gateway: AwsGateway): EventHistory {
  return {
    find: async (search, signal) => {
      const { AwsEventHistory } = await import("./trail/event-history.ts");
      return new AwsEventHistory(gateway).find(search, signal);
    },
  };
}
