import { IAMClient } from "@aws-sdk/client-iam";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { STSClient } from "@aws-sdk/client-sts";
import type { Simulator, SimulatorOptions } from "../../../src/simulator/simulator.ts";
import { startSimulator } from "../../../src/simulator/simulator.ts";
import type { WorldState } from "../../../src/simulator/world.ts";
import { addAccessKey, addAccount, emptyWorld } from "../../../src/simulator/world.ts";

export const ACCOUNT = "111122223333";

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** A running simulator with one account, and clients of the real SDK that call it as the account's root. */
export interface Simulated {
  readonly simulator: Simulator;
  readonly world: WorldState;
  readonly credentials: Credentials;
  readonly iam: IAMClient;
  readonly sts: STSClient;
  readonly lambda: LambdaClient;
  stop(): Promise<void>;
}

/** @param seed adds to the world before the start */
export async function startSimulated(
  seed: (world: WorldState) => void = () => undefined,
  options: Omit<SimulatorOptions, "world"> = {},
): Promise<Simulated> {
  const world = emptyWorld();
  addAccount(world, { id: ACCOUNT, alias: "test" });
  const credentials = credentialsFor(world, `arn:aws:iam::${ACCOUNT}:root`);
  seed(world);
  const simulator = await startSimulator({ world, ...options });
  const config = clientConfig(simulator, credentials);
  const clients = {
    iam: new IAMClient(config),
    sts: new STSClient(config),
    lambda: new LambdaClient(config),
  };
  const stop = async (): Promise<void> => {
    for (const client of Object.values(clients)) client.destroy();
    await simulator.close();
  };
  return { simulator, world, credentials, ...clients, stop };
}

/** One attempt a call, so that a test sees every answer. */
export function clientConfig(simulator: Simulator, credentials: Credentials, region = "us-east-1") {
  return { endpoint: simulator.endpoint, region, credentials, maxAttempts: 1 };
}

export function credentialsFor(world: WorldState, principalArn: string): Credentials {
  const accountId = principalArn.split(":")[4] ?? "";
  const key = addAccessKey(world, { accountId, principalArn });
  return { accessKeyId: key.id, secretAccessKey: key.secret };
}

export function trustOf(principal: unknown, condition?: unknown): string {
  const statement = { Effect: "Allow", Principal: principal, Action: "sts:AssumeRole" };
  return documentOf(condition === undefined ? statement : { ...statement, Condition: condition });
}

export const LAMBDA_TRUST = trustOf({ Service: "lambda.amazonaws.com" });

export function documentOf(...statements: readonly unknown[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

export function allow(
  action: string | readonly string[],
  resource: string | readonly string[] = "*",
): string {
  return documentOf({ Effect: "Allow", Action: action, Resource: resource });
}
