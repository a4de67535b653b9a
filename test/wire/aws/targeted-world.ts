import { LambdaClient, CreateAliasCommand, PublishVersionCommand } from "@aws-sdk/client-lambda";
import {
  addAccessKey,
  addFunction,
  addPolicy,
  addRole,
  type WorldState,
} from "../../../src/simulator/world.ts";
import { ACCOUNT, allow, REGION, type AwsWorld } from "./aws-world.ts";

export const BASIC = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole";
export const SHARED = `arn:aws:iam::${ACCOUNT}:policy/grantkeeper/shared`;

export function seed(state: WorldState): void {
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
    inline: { main: allow("s3:Get*") },
    attached: [BASIC, SHARED],
    tags: { team: "orders" },
  });
  addFunction(state, {
    accountId: ACCOUNT,
    region: REGION,
    name: "orders-api",
    roleArn: `arn:aws:iam::${ACCOUNT}:role/grantkeeper/orders-api`,
    configuration: {
      Environment: { Variables: { PASSWORD: "hunter2" } },
      VpcConfig: { SubnetIds: ["subnet-1"], SecurityGroupIds: ["sg-1"] },
      TracingConfig: { Mode: "Active" },
    },
  });
}

export async function publishWithAlias({ simulator, world: state }: AwsWorld): Promise<void> {
  const key = addAccessKey(state, { accountId: ACCOUNT, principalArn: `arn:aws:iam::${ACCOUNT}:user/ann` });
  const client = new LambdaClient({
    endpoint: simulator.endpoint,
    region: REGION,
    credentials: { accessKeyId: key.id, secretAccessKey: key.secret },
  });
  await client.send(new PublishVersionCommand({ FunctionName: "orders-api" }));
  await client.send(
    new CreateAliasCommand({ FunctionName: "orders-api", Name: "live", FunctionVersion: "1" }),
  );
  client.destroy();
}
