import { CloudFormationClient, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import {
  GetResourcesCommand,
  ResourceGroupsTaggingAPIClient,
  type GetResourcesCommandInput,
} from "@aws-sdk/client-resource-groups-tagging-api";
import { GetParametersCommand, SSMClient } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { accountOf } from "../../../src/simulator/world.ts";
import {
  ACCOUNT,
  clientConfig,
  startSimulated,
  type Simulated,
} from "../../support/installation/simulated.ts";

const REGION = "us-east-1";
const STACK = `arn:aws:cloudformation:${REGION}:${ACCOUNT}:stack/shop/0a1b2c3d-0000-4000-8000-000000000000`;
const QUEUE = `arn:aws:sqs:${REGION}:${ACCOUNT}:orders`;
const TABLE = `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/orders`;
const BUCKET = "arn:aws:s3:::orders";

let simulated: Simulated;
let stacks: CloudFormationClient;
let parameters: SSMClient;
let tags: ResourceGroupsTaggingAPIClient;

beforeAll(async () => {
  simulated = await startSimulated((world) => {
    const account = accountOf(world, ACCOUNT);
    account.stacks = {
      [REGION]: {
        shop: { name: "shop", id: STACK, resources: [], outputs: { TableName: "orders" } },
        bare: { name: "bare", id: STACK.replace("shop", "bare"), resources: [] },
      },
    };
    account.parameters = {
      [REGION]: {
        "/shop/queue": { type: "String", value: "orders" },
        "/shop/key": { type: "SecureString", value: "secret" },
      },
    };
    const both = { team: "orders", stage: "prod" };
    account.tagged = { [REGION]: { [QUEUE]: both, [TABLE]: both, [BUCKET]: { team: "orders" } } };
  });
  const config = clientConfig(simulated.simulator, simulated.credentials);
  stacks = new CloudFormationClient(config);
  parameters = new SSMClient(config);
  tags = new ResourceGroupsTaggingAPIClient(config);
});
afterAll(async () => {
  for (const client of [stacks, parameters, tags]) client.destroy();
  await simulated.stop();
});

describe("DescribeStacks", () => {
  test.each(["shop", STACK])(
    "shows the outputs of one stack, by its name or its id: %s",
    async (StackName) => {
      const { Stacks } = await stacks.send(new DescribeStacksCommand({ StackName }));

      expect(Stacks).toMatchObject([
        { StackName: "shop", StackId: STACK, Outputs: [{ OutputKey: "TableName", OutputValue: "orders" }] },
      ]);
    },
  );

  test("shows a stack without outputs", async () => {
    const { Stacks } = await stacks.send(new DescribeStacksCommand({ StackName: "bare" }));

    expect(Stacks?.map(({ Outputs = [] }) => Outputs)).toEqual([[]]);
  });

  test("refuses a stack that does not exist", async () => {
    await expect(stacks.send(new DescribeStacksCommand({ StackName: "none" }))).rejects.toMatchObject({
      name: "ValidationError",
      message: "Stack with id none does not exist",
      $metadata: { httpStatusCode: 400 },
    });
  });
});

describe("GetParameters", () => {
  const get = (Names: string[], WithDecryption?: boolean) =>
    parameters.send(
      new GetParametersCommand({ Names, ...(WithDecryption !== undefined && { WithDecryption }) }),
    );

  test("shows those that exist, and lists the names of the others", async () => {
    const { Parameters, InvalidParameters } = await get(["/shop/queue", "/shop/none"]);

    expect(Parameters).toMatchObject([{ Name: "/shop/queue", Type: "String", Value: "orders" }]);
    expect(InvalidParameters).toEqual(["/shop/none"]);
  });

  test("shows a SecureString in plain text only with WithDecryption", async () => {
    const values = await Promise.all(
      [false, undefined, true].map(async (isDecrypted) => {
        const { Parameters } = await get(["/shop/key"], isDecrypted);
        return Parameters?.[0]?.Value;
      }),
    );

    expect(values.map((value) => value === "secret")).toEqual([false, false, true]);
    expect(values[0]).not.toBe("");
  });

  test("refuses more than ten names", async () => {
    const names = Array.from({ length: 11 }, (_, index) => `p${index}`);

    await expect(get(names)).rejects.toMatchObject({ name: "ValidationException" });
  });
});

describe("GetResources for services that are not simulated", () => {
  const team = { Key: "team", Values: ["orders"] };
  test.each<readonly [string, GetResourcesCommandInput, readonly string[]]>([
    ["one tag", { TagFilters: [team] }, [TABLE, BUCKET, QUEUE]],
    ["all of two tags", { TagFilters: [team, { Key: "stage", Values: ["prod"] }] }, [TABLE, QUEUE]],
    ["a service whose ARNs have no type", { ResourceTypeFilters: ["sqs"], TagFilters: [team] }, [QUEUE]],
    ["a service and a type", { ResourceTypeFilters: ["dynamodb:table"], TagFilters: [team] }, [TABLE]],
    ["a bucket by its service", { ResourceTypeFilters: ["s3"], TagFilters: [team] }, [BUCKET]],
    ["a value in another case", { TagFilters: [{ Key: "team", Values: ["Orders"] }] }, []],
  ])("selects by %s", async (_what, input, expected) => {
    const { ResourceTagMappingList: found } = await tags.send(new GetResourcesCommand(input));

    expect(found?.map(({ ResourceARN: arn }) => arn).sort()).toEqual([...expected].sort());
  });
});
