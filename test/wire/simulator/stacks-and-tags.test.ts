import {
  CloudFormationClient,
  DescribeStackResourceCommand,
  DescribeStackResourcesCommand,
  ListStackResourcesCommand,
  paginateListStackResources,
} from "@aws-sdk/client-cloudformation";
import { GetPolicyCommand, LambdaClient, UntagResourceCommand } from "@aws-sdk/client-lambda";
import {
  GetResourcesCommand,
  type GetResourcesCommandInput,
  paginateGetResources,
  ResourceGroupsTaggingAPIClient,
} from "@aws-sdk/client-resource-groups-tagging-api";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { StackResource } from "../../../src/simulator/cloudformation/state.ts";
import { accountOf, addFunction, addPolicy } from "../../../src/simulator/world.ts";
import {
  ACCOUNT,
  allow,
  clientConfig,
  documentOf,
  startSimulated,
  type Simulated,
} from "../../support/installation/simulated.ts";

const STACK = `arn:aws:cloudformation:us-east-1:${ACCOUNT}:stack/shop/0a1b2c3d-0000-4000-8000-000000000000`;
const FUNCTION = `arn:aws:lambda:us-east-1:${ACCOUNT}:function:`;

let simulated: Simulated;
let stacks: CloudFormationClient;
let tags: ResourceGroupsTaggingAPIClient;

beforeAll(async () => {
  simulated = await startSimulated((world) => {
    const metadata = { "aws:cdk:path": "shop/Handler/Resource" };
    const role: StackResource = {
      logicalId: "Role",
      physicalId: "shop-role",
      type: "AWS::IAM::Role",
      metadata,
    };
    const queues = Array.from({ length: 149 }, (_, index) => ({
      logicalId: `Queue${index}`,
      physicalId: `shop-${index}`,
      type: "AWS::SQS::Queue",
    }));
    accountOf(world, ACCOUNT).stacks = {
      "us-east-1": { shop: { name: "shop", id: STACK, resources: [...queues, role] } },
    };
    const roleArn = `arn:aws:iam::${ACCOUNT}:role/shop-role`;
    const place = { accountId: ACCOUNT, region: "us-east-1", roleArn };
    for (let index = 0; index < 60; index += 1)
      addFunction(world, {
        ...place,
        name: `f${index}`,
        tags: { team: index < 2 ? "orders" : "search", tier: "1" },
      });
    addFunction(world, { ...place, name: "untagged" });
    addFunction(world, { ...place, name: "cleared", tags: { team: "gone" } });
    addFunction(world, { ...place, region: "eu-west-1", name: "abroad", tags: { team: "orders" } });
    addPolicy(world, {
      accountId: ACCOUNT,
      name: "p",
      document: allow("s3:GetObject"),
      tags: { team: "orders" },
    });
  });
  const config = clientConfig(simulated.simulator, simulated.credentials);
  stacks = new CloudFormationClient(config);
  tags = new ResourceGroupsTaggingAPIClient(config);
  await simulated.lambda.send(
    new UntagResourceCommand({ Resource: `${FUNCTION}cleared`, TagKeys: ["team"] }),
  );
});
afterAll(async () => {
  stacks.destroy();
  tags.destroy();
  await simulated.stop();
});

describe("the resources of a stack", () => {
  test("are described up to the first 100, without a sign that there are more", async () => {
    const byName = await stacks.send(new DescribeStackResourcesCommand({ StackName: "shop" }));
    const byMember = await stacks.send(
      new DescribeStackResourcesCommand({ PhysicalResourceId: "shop-role" }),
    );

    expect(byName.StackResources).toHaveLength(100);
    expect(byMember.StackResources).toEqual(byName.StackResources);
    expect(byName.StackResources?.[0]).toMatchObject({
      StackName: "shop",
      StackId: STACK,
      LogicalResourceId: "Queue0",
      PhysicalResourceId: "shop-0",
      ResourceType: "AWS::SQS::Queue",
      ResourceStatus: "CREATE_COMPLETE",
    });
  });

  test("are listed in pages", async () => {
    const pages = [];
    for await (const page of paginateListStackResources({ client: stacks }, { StackName: STACK }))
      pages.push(page.StackResourceSummaries ?? []);

    expect(pages.map(({ length }) => length)).toEqual([100, 50]);
    expect(pages.flat().at(-1)).toMatchObject({ LogicalResourceId: "Role", PhysicalResourceId: "shop-role" });
  });

  test("show the metadata of their template one by one", async () => {
    const command = new DescribeStackResourceCommand({ StackName: "shop", LogicalResourceId: "Role" });
    const { StackResourceDetail: detail } = await stacks.send(command);

    expect(JSON.parse(detail?.Metadata ?? "")).toEqual({ "aws:cdk:path": "shop/Handler/Resource" });
  });

  test.each([
    ["an unknown stack", { StackName: "none" }, "Stack with id none does not exist"],
    ["a resource of no stack", { PhysicalResourceId: "none" }, "Stack for none does not exist"],
    [
      "an unknown logical id",
      { StackName: "shop", LogicalResourceId: "X" },
      "Resource X does not exist for stack shop",
    ],
    [
      "neither of the two names",
      {},
      "Either StackName or PhysicalResourceId must be specified, but not both.",
    ],
    [
      "both names",
      { StackName: "shop", PhysicalResourceId: "shop-role" },
      "Either StackName or PhysicalResourceId must be specified, but not both.",
    ],
  ])("are refused for %s", async (_because, input, message) => {
    const command = new DescribeStackResourcesCommand(input);

    await expect(stacks.send(command)).rejects.toMatchObject({ name: "ValidationError", message });
  });

  test("are not listed from a token that the service did not issue", async () => {
    const command = new ListStackResourcesCommand({ StackName: "shop", NextToken: "x" });

    await expect(stacks.send(command)).rejects.toMatchObject({ name: "ValidationError" });
  });
});

async function arnsOf(input: GetResourcesCommandInput): Promise<readonly string[]> {
  const found = [];
  for await (const page of paginateGetResources({ client: tags }, input))
    found.push(...(page.ResourceTagMappingList ?? []));
  return found.map(({ ResourceARN: arn }) => arn?.split(":").at(-1) ?? "");
}

describe("GetResources", () => {
  test("shows the tagged resources of its region in pages of 50, and an empty token at the end", async () => {
    const first = await tags.send(new GetResourcesCommand({ ResourceTypeFilters: ["lambda:function"] }));
    const rest = await tags.send(
      new GetResourcesCommand({
        ResourceTypeFilters: ["lambda:function"],
        PaginationToken: first.PaginationToken,
      }),
    );

    expect([first, rest].map((page) => page.ResourceTagMappingList?.length)).toEqual([50, 11]);
    expect(rest.PaginationToken).toBe("");
  });

  test("leaves out what never had a tag, and shows what lost its tags without any", async () => {
    const found = await tags.send(
      new GetResourcesCommand({ ResourceARNList: [`${FUNCTION}untagged`, `${FUNCTION}cleared`] }),
    );

    expect(found.ResourceTagMappingList).toEqual([{ ResourceARN: `${FUNCTION}cleared`, Tags: [] }]);
  });

  test.each([
    ["a type", { ResourceTypeFilters: ["iam:policy"] }, ["policy/p"]],
    ["a key and a value", { TagFilters: [{ Key: "team", Values: ["orders"] }] }, ["policy/p", "f0", "f1"]],
    [
      "a service and a value",
      { ResourceTypeFilters: ["lambda"], TagFilters: [{ Key: "team", Values: ["orders"] }] },
      ["f0", "f1"],
    ],
    ["a key that no resource has", { TagFilters: [{ Key: "owner" }] }, []],
  ])("selects by %s", async (_what, input, expected) => {
    expect(await arnsOf(input)).toEqual(expected);
  });

  test("ends a page before the resource that has too many tags for it", async () => {
    const page = await tags.send(new GetResourcesCommand({ ResourcesPerPage: 100, TagsPerPage: 100 }));

    // The policy and `cleared` count as one tag, each of the others has two.
    expect(page.ResourceTagMappingList).toHaveLength(51);
    expect(page.PaginationToken).not.toBe("");
  });

  test.each([
    ["101 resources a page", { ResourcesPerPage: 101 }],
    ["99 tags a page", { TagsPerPage: 99 }],
    ["ARNs and a type", { ResourceARNList: [`${FUNCTION}f0`], ResourceTypeFilters: ["lambda"] }],
    ["a token that the service did not issue", { PaginationToken: "x" }],
    ["a key of 129 characters", { TagFilters: [{ Key: "k".repeat(129) }] }],
  ])("refuses %s", async (_what, input) => {
    await expect(tags.send(new GetResourcesCommand(input))).rejects.toMatchObject({
      name: "InvalidParameterException",
    });
  });
});

test("the denials of an account withhold calls in the words of each service", async () => {
  const deny = (Action: string, Resource: string): object => ({ Effect: "Deny", Action, Resource });
  const denied = await startSimulated((world) => {
    const account = accountOf(world, ACCOUNT);
    account.denials = documentOf(
      deny("lambda:GetPolicy", `${FUNCTION}closed`),
      deny("tag:GetResources", "*"),
      deny("cloudformation:*", "*"),
    );
  });
  const config = clientConfig(denied.simulator, denied.credentials);
  const clients = {
    lambda: new LambdaClient(config),
    stacks: new CloudFormationClient(config),
    tags: new ResourceGroupsTaggingAPIClient(config),
  };
  const policyOf = (name: string) => clients.lambda.send(new GetPolicyCommand({ FunctionName: name }));

  await expect(policyOf("closed")).rejects.toMatchObject({
    name: "AccessDeniedException",
    message: `User: arn:aws:iam::${ACCOUNT}:root is not authorized to perform: lambda:GetPolicy on resource: ${FUNCTION}closed with an explicit deny in a service control policy`,
  });
  await expect(policyOf("open")).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  await expect(
    clients.stacks.send(new ListStackResourcesCommand({ StackName: "shop" })),
  ).rejects.toMatchObject({
    name: "AccessDenied",
    $metadata: { httpStatusCode: 403 },
  });
  await expect(clients.tags.send(new GetResourcesCommand({}))).rejects.toMatchObject({
    name: "AccessDeniedException",
    $metadata: { httpStatusCode: 400 },
  });
  for (const client of Object.values(clients)) client.destroy();
  await denied.stop();
});
