import type { LiveAccount } from "../../../src/model/live.ts";
import type { FunctionRequest, SweepRequest } from "../../../src/model/read-requests.ts";
import { addFunction, addPolicy, addRole, type WorldState } from "../../../src/simulator/world.ts";
import { ACCOUNT, allow, never, REGION, type AwsWorld } from "../../wire/aws/aws-world.ts";
import { orThrow } from "../../../src/model/values/result.ts";

export const BASIC = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole";
export const ROLES = 2_500;
export const FUNCTIONS = 120;

export function seedMany(state: WorldState): void {
  for (let index = 0; index < ROLES; index += 1)
    addRole(state, {
      accountId: ACCOUNT,
      name: `role-${index}`,
      inline: { main: allow("s3:Get*") },
      attached: [BASIC],
    });
  for (let index = 0; index < FUNCTIONS; index += 1)
    addFunction(state, {
      accountId: ACCOUNT,
      region: REGION,
      name: `fn-${index}`,
      roleArn: `arn:aws:iam::${ACCOUNT}:role/role-${index}`,
      configuration: { Environment: { Variables: { PASSWORD: "hunter2-very-secret" } } },
    });
}

export function seedOne(state: WorldState): void {
  addPolicy(state, {
    accountId: ACCOUNT,
    name: "shared",
    path: "/grantkeeper/",
    document: allow("s3:Put*"),
    tags: { team: "orders" },
  });
  addRole(state, {
    accountId: ACCOUNT,
    name: "orders-api",
    path: "/grantkeeper/",
    description: "for orders",
    maxSessionSeconds: 7_200,
    boundaryArn: `arn:aws:iam::${ACCOUNT}:policy/grantkeeper/shared`,
    tags: { b: "2", a: "1" },
    inline: { z: allow("s3:Get*"), a: allow("sqs:SendMessage") },
    attached: [BASIC],
  });
  addFunction(state, {
    accountId: ACCOUNT,
    region: REGION,
    name: "orders-api",
    roleArn: `arn:aws:iam::${ACCOUNT}:role/grantkeeper/orders-api`,
    configuration: { Environment: { Variables: { PASSWORD: "hunter2-very-secret" } } },
  });
}

export const functionRequest = (functionName: string): FunctionRequest => ({
  region: REGION,
  functionName,
  qualifiers: [null],
  versions: false,
  aliases: false,
  switchTo: null,
});

export async function sweep(world: AwsWorld, change: Partial<SweepRequest> = {}): Promise<LiveAccount> {
  const reading = world.aws.live.sweep(
    {
      account: world.account,
      pass: "p1",
      functions: [functionRequest("orders-api")],
      policies: [],
      everyVersion: false,
      roleNames: [],
      ...change,
    },
    never(),
  );
  return orThrow(await reading);
}
