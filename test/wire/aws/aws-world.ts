import { DIRECT, type ProxyRoutes } from "../../../src/model/network/proxy.ts";
import { PUBLIC_AWS } from "../../../src/aws/requests/clients.ts";
import { defaultFences } from "../../../src/model/rules/account-fences.ts";
import { setTimeout as sleep } from "node:timers/promises";
import { createAws, type Aws, type AwsOptions } from "../../../src/aws/create-aws.ts";
import type { Action } from "../../../src/model/plan.ts";
import { parseArn, type Arn } from "../../../src/model/aws/arn.ts";
import { NO_DELTA } from "../../../src/model/delta.ts";
import type { DesiredAccount } from "../../../src/model/desired.ts";
import { parseAccountId, parsePartition, parseRegion } from "../../../src/model/aws/ids.ts";
import { parseKey, type Key } from "../../../src/model/keys/key.ts";
import { parseRevision } from "../../../src/model/values/revision.ts";
import { startSimulator, type Simulator, type SimulatorOptions } from "../../../src/simulator/simulator.ts";
import {
  addAccessKey,
  addAccount,
  addRole,
  addUser,
  emptyWorld,
  type WorldState,
} from "../../../src/simulator/world.ts";
import { untraced } from "../../../src/controller/ports/telemetry.ts";
import { STEADY_LOOP } from "../../support/event-loop.ts";

export const ACCOUNT = must(parseAccountId("111122223333"));
const BASE_ACCOUNT = "999900001111";
export const REGION = must(parseRegion("eu-west-1"));
export const REVISION = must(parseRevision(`main@sha1:${"9".repeat(40)}`));
const BASE_ROLE = `arn:aws:iam::${BASE_ACCOUNT}:role/grantkeeper-base`;

export interface AwsWorld {
  readonly simulator: Simulator;
  readonly world: WorldState;
  readonly aws: Aws;
  readonly account: DesiredAccount;
  /** Logged messages, newest last. */
  readonly logged: readonly string[];
  /** Calls since then, by name, without STS. */
  reads(): Readonly<Record<string, number>>;
  stop(): Promise<void>;
}

/** Account 111122223333 with Grantkeeper's own roles, a base account, and an adapter that calls them over loopback. */
export async function startAwsWorld(
  seed: (world: WorldState) => void,
  options: {
    readonly aws?: Partial<AwsOptions>;
    readonly routes?: ProxyRoutes;
    readonly simulator?: Omit<SimulatorOptions, "world">;
  } = {},
): Promise<AwsWorld> {
  const world = emptyWorld();
  addAccount(world, { id: BASE_ACCOUNT });
  addRole(world, { accountId: BASE_ACCOUNT, name: "grantkeeper-base" });
  addAccount(world, { id: ACCOUNT, regions: [REGION, "us-east-1"] });
  for (const identity of ["observer", "writer", "binder"])
    addRole(world, {
      accountId: ACCOUNT,
      name: identity,
      path: "/grantkeeper-system/",
      trust: statements(trustOf(identity)),
    });
  addUser(world, ACCOUNT, "ann");
  const key = addAccessKey(world, { accountId: BASE_ACCOUNT, principalArn: BASE_ROLE });
  seed(world);
  const simulator = await startSimulator({ world, ...options.simulator });
  const logged: string[] = [];
  const aws = createAws({
    network: { ...PUBLIC_AWS, simulator: simulator.endpoint, routes: options.routes ?? DIRECT },
    baseCredentials: { accessKeyId: key.id, secretAccessKey: key.secret },
    clock: {
      nowMs: () => Date.now(),
      sleep: (ms, signal) => sleep(ms, undefined, { signal }),
    },
    eventLoop: STEADY_LOOP,
    random: { next: () => 0.5, hex: (bytes) => "0".repeat(2 * bytes) },
    telemetry: recorder(logged),
    budgets: "unlimited",
    env: {},
    fetchTimeoutMs: 5_000,
    ...options.aws,
  });
  return {
    simulator,
    world,
    aws,
    account: accountOf(),
    logged,
    reads: () => withoutSts(simulator.counts()),
    stop: async () => {
      aws.close();
      await simulator.close();
    },
  };
}

export function accountOf(change: Partial<DesiredAccount> = {}): DesiredAccount {
  return {
    name: "staging",
    id: ACCOUNT,
    partition: must(parsePartition("aws")),
    regions: [REGION],
    mode: "enforce",
    modeOrigin: { file: "platform/accounts.yaml", line: 1, column: 1, path: "" },
    observer: { roleArn: systemRole("observer"), externalId: "gk-observer" },
    writer: { roleArn: systemRole("writer"), externalId: "gk-writer" },
    binder: { roleArn: systemRole("binder"), externalId: "gk-binder" },
    boundary: null,
    boundaries: [],
    functionRole: "verify",
    tagKeys: [],
    fences: defaultFences(must(parsePartition("aws"))),
    protectedPolicies: [],
    assumableRoles: [],
    passableRoles: [],
    controllableResources: [],
    limits: {},
    revertOtherMs: 0,
    propagationWaitMs: 0,
    deleteQuietMs: 0,
    budgets: {},
    origin: { file: "platform/staging.yaml", line: 1, column: 1, path: "" },
    ...change,
  };
}

const BINDING: Key = must(parseKey(`function/${ACCOUNT}/${REGION}/orders/orders-api`));

export function actionOf(change: Pick<Action, "call" | "input"> & Partial<Action>): Action {
  return {
    key: BINDING,
    step: 6,
    target: targetOf(change.input),
    before: null,
    after: null,
    risk: "low",
    cause: "revision",
    destructive: false,
    endsExposure: false,
    due: { kind: "now" },
    delta: NO_DELTA,
    origin: null,
    ...change,
  };
}

/** The object that an input names. */
function targetOf({ RoleName, PolicyArn, FunctionName }: Action["input"]): string {
  if (typeof FunctionName === "string") return `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${FunctionName}`;
  if (typeof RoleName === "string") return `arn:aws:iam::${ACCOUNT}:role/grantkeeper/${RoleName}`;
  return typeof PolicyArn === "string" ? PolicyArn : `arn:aws:iam::${ACCOUNT}:role/grantkeeper/orders-api`;
}

export function allow(action: string): string {
  return statements([{ Effect: "Allow", Action: action, Resource: "*" }]);
}

function statements(Statement: readonly object[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement });
}

export function must<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error("not of that form");
  return value;
}

export function arn(text: string): Arn {
  return must(parseArn(text));
}

export function never(): AbortSignal {
  return new AbortController().signal;
}

function systemRole(name: string): Arn {
  return arn(`arn:aws:iam::${ACCOUNT}:role/grantkeeper-system/${name}`);
}

/** As documented; older installations have only the first statement. */
function trustOf(identity: string): readonly object[] {
  const shared = { Effect: "Allow", Principal: { AWS: BASE_ROLE } };
  const assume = {
    ...shared,
    Action: "sts:AssumeRole",
    Condition: {
      StringEquals: { "sts:ExternalId": `gk-${identity}` },
      StringLike: { "sts:RoleSessionName": "gk-*" },
    },
  };
  const Condition = { "ForAllValues:StringEquals": { "aws:TagKeys": ["gk-binding", "gk-change"] } };
  const tag = { ...shared, Action: "sts:TagSession", Condition };
  return [assume, tag];
}

/** The trust policies of an older installation, which allow no session tags. */
export function trustNoTags(state: WorldState): void {
  setTrust(state, (identity) => statements(trustOf(identity).slice(0, 1)));
}

/** The documented trust policies. */
export function trustTags(state: WorldState): void {
  setTrust(state, (identity) => statements(trustOf(identity)));
}

function setTrust(state: WorldState, trust: (identity: string) => string): void {
  for (const identity of ["observer", "writer", "binder"]) {
    const role = state.accounts[ACCOUNT]?.iam.roles[identity];
    if (role !== undefined) role.trust = trust(identity);
  }
}

function recorder(logged: string[]): AwsOptions["telemetry"] {
  const log = (text: string): void => void logged.push(text);
  const ignore = (): void => undefined;
  const logs = { info: log, warn: log, error: log, debug: log };
  return { ...logs, count: ignore, gauge: ignore, observe: ignore, forget: ignore, trace: untraced };
}

function withoutSts(counts: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(counts).filter(([name]) => !name.startsWith("sts:")));
}
