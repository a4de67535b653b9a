import {
  CreateFunctionCommand,
  DeleteFunctionCommand,
  ListFunctionsCommand,
  ListVersionsByFunctionCommand,
  UpdateFunctionConfigurationCommand,
  paginateListFunctions,
  PublishVersionCommand,
} from "@aws-sdk/client-lambda";
import type { FunctionConfiguration, LambdaClient } from "@aws-sdk/client-lambda";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { accountOf } from "../../../../src/simulator/world.ts";
import { CODE, configurationOf, createFunction, publish, roleArn, startLambdaWorld } from "./world.ts";
import type { LambdaWorld } from "./world.ts";

let world: LambdaWorld;
let client: LambdaClient;
beforeEach(async () => {
  world = await startLambdaWorld();
  client = world.client();
});
afterEach(async () => {
  await world.close();
});

const ARN = "arn:aws:lambda:us-east-1:111111111111:function:f";

const configuration = (name = "f") => configurationOf(client, name);

async function everyFunction(version: {
  readonly FunctionVersion?: "ALL";
}): Promise<FunctionConfiguration[][]> {
  const pages: FunctionConfiguration[][] = [];
  for await (const page of paginateListFunctions({ client }, version)) pages.push(page.Functions ?? []);
  return pages;
}

describe("ListFunctions", () => {
  test("returns at most 50 on a page, even if more are requested, and every function once", async () => {
    const names = Array.from({ length: 120 }, (_, index) => `f${String(index).padStart(3, "0")}`);
    for (const name of names) await createFunction(client, name);

    const pages = await everyFunction({});
    const asked = await client.send(new ListFunctionsCommand({ MaxItems: 10_000 }));

    expect(pages.map((page) => page.length)).toEqual([50, 50, 20]);
    expect(pages.flat().map(({ FunctionName }) => FunctionName)).toEqual(names);
    expect(asked.Functions).toHaveLength(50);
  });

  test("skips nothing when a function that was listed goes away between two pages", async () => {
    for (const name of ["a", "b", "c", "d"]) await createFunction(client, name);
    const { NextMarker = "" } = await client.send(new ListFunctionsCommand({ MaxItems: 2 }));

    await client.send(new DeleteFunctionCommand({ FunctionName: "b" }));
    const { Functions = [] } = await client.send(new ListFunctionsCommand({ Marker: NextMarker }));

    expect(Functions.map(({ FunctionName }) => FunctionName)).toEqual(["c", "d"]);
  });

  test("pages by versions when asked for ALL, each with its own role", async () => {
    await createFunction(client, "f");
    await publish(client, "f", "one");
    await client.send(new UpdateFunctionConfigurationCommand({ FunctionName: "f", Role: roleArn("other") }));
    await publish(client, "f", "two");

    const all = (await everyFunction({ FunctionVersion: "ALL" })).flat();
    const first = await client.send(new ListFunctionsCommand({ FunctionVersion: "ALL", MaxItems: 2 }));
    const rest = await client.send(
      new ListFunctionsCommand({ FunctionVersion: "ALL", MaxItems: 2, Marker: first.NextMarker ?? "" }),
    );

    expect(all.map(({ FunctionArn, Version, Role }) => [FunctionArn, Version, Role])).toEqual([
      [`${ARN}:$LATEST`, "$LATEST", roleArn("other")],
      [`${ARN}:1`, "1", roleArn("lambda")],
      [`${ARN}:2`, "2", roleArn("other")],
    ]);
    expect([first, rest].map(({ Functions }) => Functions?.map(({ Version }) => Version))).toEqual([
      ["$LATEST", "1"],
      ["2"],
    ]);
  });

  test("gives environment and what the service needs the role for, but no state", async () => {
    const needs = {
      Environment: { Variables: { TOKEN: "value" } },
      DeadLetterConfig: { TargetArn: "arn:aws:sqs:us-east-1:111111111111:q" },
      TracingConfig: { Mode: "Active" as const },
      FileSystemConfigs: [
        {
          Arn: "arn:aws:elasticfilesystem:us-east-1:111111111111:access-point/fsap-0123456789abcdef0",
          LocalMountPath: "/mnt/a",
        },
      ],
      KMSKeyArn: "arn:aws:kms:us-east-1:111111111111:key/k",
    };
    await client.send(
      new CreateFunctionCommand({
        FunctionName: "f",
        Role: roleArn("lambda"),
        Code: CODE,
        VpcConfig: { SubnetIds: ["subnet-1"], SecurityGroupIds: ["sg-1"] },
        LoggingConfig: { LogGroup: "/mine" },
        ...needs,
      }),
    );

    const [listed] = (await everyFunction({})).flat();

    expect(listed).toMatchObject({
      ...needs,
      VpcConfig: {
        SubnetIds: ["subnet-1"],
        SecurityGroupIds: ["sg-1"],
        VpcId: expect.stringMatching(/^vpc-/),
      },
      LoggingConfig: { LogFormat: "Text", LogGroup: "/mine" },
    });
    for (const member of ["State", "LastUpdateStatus", "RuntimeVersionConfig"])
      expect(listed).not.toHaveProperty(member);
  });

  test("refuses a marker that it did not give", async () => {
    await expect(client.send(new ListFunctionsCommand({ Marker: "x" }))).rejects.toMatchObject({
      name: "InvalidParameterValueException",
    });
  });
});

describe("PublishVersion", () => {
  test("freezes $LATEST once: with nothing new the last version is the answer", async () => {
    await createFunction(client, "f");

    const first = await client.send(new PublishVersionCommand({ FunctionName: "f" }));
    const again = await client.send(new PublishVersionCommand({ FunctionName: "f" }));

    expect(first).toMatchObject({
      Version: "1",
      FunctionArn: `${ARN}:1`,
      State: "Active",
      LastUpdateStatus: "Successful",
    });
    expect(again).toMatchObject({ Version: "1", RevisionId: first.RevisionId });
  });

  test("gives $LATEST a revision that it never had", async () => {
    const created = await client.send(
      new CreateFunctionCommand({ FunctionName: "f", Role: roleArn("lambda"), Code: CODE }),
    );
    const active = await configuration();
    const published = await client.send(new PublishVersionCommand({ FunctionName: "f" }));
    const latest = await configuration();

    const revisions = [created, active, published, latest].map(({ RevisionId }) => RevisionId);

    expect(new Set(revisions).size).toBe(4);
  });

  test("a new role is something new, and numbers are not used twice", async () => {
    await createFunction(client, "f");
    await client.send(new PublishVersionCommand({ FunctionName: "f" }));
    await client.send(new DeleteFunctionCommand({ FunctionName: "f", Qualifier: "1" }));
    await client.send(new UpdateFunctionConfigurationCommand({ FunctionName: "f", Role: roleArn("other") }));

    const { Version, Role } = await client.send(new PublishVersionCommand({ FunctionName: "f" }));

    expect({ Version, Role }).toEqual({ Version: "2", Role: roleArn("other") });
    const { Versions = [] } = await client.send(new ListVersionsByFunctionCommand({ FunctionName: "f" }));
    expect(Versions.map(({ FunctionArn }) => FunctionArn)).toEqual([`${ARN}:$LATEST`, `${ARN}:2`]);
  });

  test("CreateFunction publishes when asked to, and answers the bare ARN", async () => {
    const created = await client.send(
      new CreateFunctionCommand({ FunctionName: "f", Role: roleArn("lambda"), Code: CODE, Publish: true }),
    );

    expect(created).toMatchObject({ Version: "1", FunctionArn: ARN });
  });

  test.each([
    { because: "revision", input: { RevisionId: "wrong" }, error: { name: "PreconditionFailedException" } },
    { because: "code", input: { CodeSha256: "other" }, error: { name: "InvalidParameterValueException" } },
  ])("is refused for another $because than $LATEST has", async ({ input, error }) => {
    await createFunction(client, "f");

    await expect(
      client.send(new PublishVersionCommand({ FunctionName: "f", ...input })),
    ).rejects.toMatchObject(error);
  });
});

test("accounts and regions are apart", async () => {
  await createFunction(client, "f");

  const elsewhere = world.client({ accountId: "111111111111", region: "us-west-2" });

  expect((await elsewhere.send(new ListFunctionsCommand({}))).Functions).toEqual([]);
  expect(Object.keys(accountOf(world.simulator.world, "123456789012").lambda)).toContain("us-east-1");
  expect((await client.send(new ListFunctionsCommand({}))).Functions).toHaveLength(1);
});
