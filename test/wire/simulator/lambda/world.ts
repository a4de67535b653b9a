import {
  AddPermissionCommand,
  CreateAliasCommand,
  CreateFunctionCommand,
  GetFunctionConfigurationCommand,
  GetPolicyCommand,
  LambdaClient,
  PublishVersionCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import type { AddPermissionCommandInput, FunctionConfiguration } from "@aws-sdk/client-lambda";
import { startSimulator } from "../../../../src/simulator/simulator.ts";
import type { Simulator } from "../../../../src/simulator/simulator.ts";
import {
  accountOf,
  addAccessKey,
  addAccount,
  addRole,
  addUser,
  emptyWorld,
} from "../../../../src/simulator/world.ts";
import { SEEDED_CODE } from "../../../../src/simulator/lambda/seeded-code.ts";
import type { FunctionState, LambdaState } from "../../../../src/simulator/lambda/state.ts";

const HOME = { accountId: "111111111111", region: "us-east-1" };

/** The accounts and regions that the recorded cases speak of. */
const ACCOUNTS = ["111111111111", "123456789012", "444455556666"];
const REGIONS = ["us-east-1", "us-east-2", "us-west-2"];

/** A zip that Lambda takes. */
export const CODE = { ZipFile: Buffer.from(SEEDED_CODE, "base64") };

export interface Place {
  readonly accountId: string;
  readonly region: string;
}

/** A simulator with roles `lambda`, `other` and `example` (in every account), user `dev`, and a clock of its own. */
export interface LambdaWorld {
  readonly simulator: Simulator;
  client(place?: Place): LambdaClient;
  stateOf(place?: Place): LambdaState;
  passTime(ms: number): void;
  close(): Promise<void>;
}

export async function startLambdaWorld(): Promise<LambdaWorld> {
  const world = emptyWorld();
  for (const accountId of ACCOUNTS) {
    addAccount(world, { id: accountId, regions: REGIONS });
    for (const name of ["lambda", "other", "example"]) addRole(world, { accountId, name });
    addUser(world, accountId, "dev");
    addAccessKey(world, {
      accountId,
      principalArn: `arn:aws:iam::${accountId}:user/dev`,
      id: `AKIA${accountId}`,
      secret: "secret",
    });
  }
  // Signatures carry the client's real time: the world's clock starts there, and may run ahead by minutes.
  let passedMs = 0;
  const simulator = await startSimulator({ world, nowMs: () => Date.now() + passedMs });
  const clients: LambdaClient[] = [];
  return {
    simulator,
    client: (place = HOME) => {
      const client = clientOf(simulator.endpoint, place);
      clients.push(client);
      return client;
    },
    stateOf: ({ accountId, region } = HOME) => {
      const state = accountOf(simulator.world, accountId).lambda[region];
      if (state === undefined) throw new Error(`no Lambda in ${region}`);
      return state;
    },
    passTime: (ms) => {
      passedMs += ms;
    },
    close: async () => {
      for (const client of clients) client.destroy();
      await simulator.close();
    },
  };
}

function clientOf(endpoint: string, { accountId, region }: Place): LambdaClient {
  return new LambdaClient({
    endpoint,
    region,
    maxAttempts: 1,
    credentials: { accessKeyId: `AKIA${accountId}`, secretAccessKey: "secret" },
  });
}

/** @throws Error when the function was not created before */
export function functionOf(state: LambdaState, name: string): FunctionState {
  const found = state.functions[name];
  if (found === undefined) throw new Error(`function ${name} is not there`);
  return found;
}

export function roleArn(name: string, accountId: string = HOME.accountId): string {
  return `arn:aws:iam::${accountId}:role/${name}`;
}

export async function createFunction(
  client: LambdaClient,
  name: string,
  role: string = roleArn("lambda"),
): Promise<void> {
  await client.send(
    new CreateFunctionCommand({
      FunctionName: name,
      Role: role,
      Runtime: "nodejs24.x",
      Handler: "index.handler",
      Code: CODE,
    }),
  );
}

/** Changes something, so that there is something to publish. */
export async function publish(client: LambdaClient, name: string, description: string): Promise<string> {
  await client.send(new UpdateFunctionConfigurationCommand({ FunctionName: name, Description: description }));
  const { Version } = await client.send(new PublishVersionCommand({ FunctionName: name }));
  return Version ?? "";
}

export async function createAlias(client: LambdaClient, name: string, alias: string): Promise<string> {
  const { RevisionId } = await client.send(
    new CreateAliasCommand({ FunctionName: name, Name: alias, FunctionVersion: "1" }),
  );
  return RevisionId ?? "";
}

export async function addPermission(
  client: LambdaClient,
  input: Partial<AddPermissionCommandInput> & { readonly FunctionName: string; readonly StatementId: string },
): Promise<string> {
  const { Statement } = await client.send(
    new AddPermissionCommand({ Action: "lambda:InvokeFunction", Principal: "s3.amazonaws.com", ...input }),
  );
  return Statement ?? "";
}

export interface ReadPolicy {
  readonly document: { readonly Statement: readonly Readonly<Record<string, unknown>>[] };
  readonly revision: string;
}

export async function readPolicy(
  client: LambdaClient,
  name: string,
  qualifier?: string,
): Promise<ReadPolicy> {
  const { Policy, RevisionId } = await client.send(
    new GetPolicyCommand({ FunctionName: name, ...(qualifier !== undefined && { Qualifier: qualifier }) }),
  );
  return { document: JSON.parse(Policy ?? ""), revision: RevisionId ?? "" };
}

export async function configurationOf(client: LambdaClient, name: string): Promise<FunctionConfiguration> {
  const { $metadata: _, ...found } = await client.send(
    new GetFunctionConfigurationCommand({ FunctionName: name }),
  );
  return found;
}
