import {
  CreateFunctionCommand,
  DeleteFunctionCommand,
  GetFunctionCommand,
  GetFunctionConfigurationCommand,
  ListEventSourceMappingsCommand,
  ListFunctionEventInvokeConfigsCommand,
  ListFunctionUrlConfigsCommand,
  ListFunctionsCommand,
  ListTagsCommand,
  ListVersionsByFunctionCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateFunctionConfigurationCommand,
  CreateFunctionUrlConfigCommand,
  paginateListFunctions,
  PublishVersionCommand,
} from "@aws-sdk/client-lambda";
import type { FunctionConfiguration, LambdaClient } from "@aws-sdk/client-lambda";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { accountOf, addRole } from "../../../src/simulator/world.ts";
import {
  createAlias,
  createFunction,
  functionOf,
  publish,
  roleArn,
  startLambdaWorld,
} from "./lambda-world.ts";
import type { LambdaWorld } from "./lambda-world.ts";

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

async function configuration(name = "f"): Promise<FunctionConfiguration> {
  const { $metadata: _, ...found } = await client.send(
    new GetFunctionConfigurationCommand({ FunctionName: name }),
  );
  return found;
}

async function everyFunction(version: {
  readonly FunctionVersion?: "ALL";
}): Promise<FunctionConfiguration[][]> {
  const pages: FunctionConfiguration[][] = [];
  for await (const page of paginateListFunctions({ client }, version)) pages.push(page.Functions ?? []);
  return pages;
}

describe("CreateFunction", () => {
  test("gives what was sent and AWS's defaults", async () => {
    await createFunction(client, "f");

    expect(await configuration()).toMatchObject({
      FunctionName: "f",
      FunctionArn: ARN,
      Role: roleArn("lambda"),
      Version: "$LATEST",
      Description: "",
      Timeout: 3,
      MemorySize: 128,
      PackageType: "Zip",
      Architectures: ["x86_64"],
      EphemeralStorage: { Size: 512 },
      TracingConfig: { Mode: "PassThrough" },
      LoggingConfig: { LogFormat: "Text", LogGroup: "/aws/lambda/f" },
      SnapStart: { ApplyOn: "None", OptimizationStatus: "Off" },
      State: "Active",
      LastUpdateStatus: "Successful",
    });
  });

  test("is pending until its time is over, and then has another revision", async () => {
    world.stateOf().updateMs = 5_000;
    const created = await client.send(
      new CreateFunctionCommand({
        FunctionName: "f",
        Role: roleArn("lambda"),
        Code: { ZipFile: Buffer.from("") },
      }),
    );
    expect(created).toMatchObject({ State: "Pending", StateReasonCode: "Creating" });
    expect(await configuration()).toMatchObject({ State: "Pending", RevisionId: created.RevisionId });
    await expect(
      client.send(new UpdateFunctionConfigurationCommand({ FunctionName: "f", Timeout: 4 })),
    ).rejects.toMatchObject({
      name: "ResourceConflictException",
      message:
        "The operation cannot be performed at this time. The function is currently in the following state: Pending",
    });

    world.passTime(5_000);

    const active = await configuration();
    expect(active).toMatchObject({ State: "Active", LastUpdateStatus: "Successful" });
    expect(active.RevisionId).not.toBe(created.RevisionId);
  });

  test.each([
    {
      because: "the name is taken",
      input: { FunctionName: "taken" },
      error: { name: "ResourceConflictException", message: "Function already exist: taken" },
    },
    {
      because: "the role is of another account",
      input: { Role: roleArn("lambda", "123456789012") },
      error: { name: "AccessDeniedException", message: "Cross-account pass role is not allowed." },
    },
    {
      because: "the role does not exist",
      input: { Role: roleArn("missing") },
      error: {
        name: "InvalidParameterValueException",
        message: "The role defined for the function cannot be assumed by Lambda.",
      },
    },
    {
      because: "the role is no ARN",
      input: { Role: "r1" },
      error: {
        name: "ValidationException",
        message: String.raw`1 validation error detected: Value 'r1' at 'role' failed to satisfy constraint: Member must satisfy regular expression pattern: arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+`,
      },
    },
  ])("is refused when $because", async ({ input, error }) => {
    await createFunction(client, "taken");

    const created = client.send(
      new CreateFunctionCommand({ FunctionName: "f", Role: roleArn("lambda"), Code: {}, ...input }),
    );

    await expect(created).rejects.toMatchObject(error);
  });
});

describe("UpdateFunctionConfiguration", () => {
  test("sets the role of $LATEST and leaves the published version alone", async () => {
    await createFunction(client, "f");
    await publish(client, "f", "one");

    const updated = await client.send(
      new UpdateFunctionConfigurationCommand({ FunctionName: "f", Role: roleArn("other") }),
    );

    expect(updated).toMatchObject({
      Role: roleArn("other"),
      LastUpdateStatus: "InProgress",
      State: "Active",
    });
    expect(await configuration()).toMatchObject({ Role: roleArn("other"), LastUpdateStatus: "Successful" });
    expect(await configuration("f:1")).toMatchObject({ Role: roleArn("lambda"), Version: "1" });
  });

  test("is refused when the role does not trust Lambda, and changes nothing", async () => {
    await createFunction(client, "f");
    const before = await configuration();
    addRole(world.simulator.world, {
      accountId: "111111111111",
      name: "ec2",
      trust: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          { Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" },
        ],
      }),
    });

    const updated = client.send(
      new UpdateFunctionConfigurationCommand({ FunctionName: "f", Role: roleArn("ec2") }),
    );

    await expect(updated).rejects.toMatchObject({
      name: "InvalidParameterValueException",
      message: "The role defined for the function cannot be assumed by Lambda.",
    });
    expect(await configuration()).toEqual(before);
  });

  test("takes the latest revision of the function only", async () => {
    await createFunction(client, "f");
    const { RevisionId } = await configuration();
    const update = async (timeout: number): Promise<unknown> =>
      client.send(
        new UpdateFunctionConfigurationCommand({
          FunctionName: "f",
          Timeout: timeout,
          RevisionId: RevisionId ?? "",
        }),
      );
    await update(4);

    await expect(update(5)).rejects.toMatchObject({
      name: "PreconditionFailedException",
      message:
        "The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id",
      $metadata: { httpStatusCode: 412 },
    });
    expect(await configuration()).toMatchObject({ Timeout: 4 });
  });

  test("is refused while another is in progress, and so is publishing", async () => {
    await createFunction(client, "f");
    world.stateOf().updateMs = 5_000;
    await client.send(new UpdateFunctionConfigurationCommand({ FunctionName: "f", Timeout: 4 }));
    const inProgress = {
      name: "ResourceConflictException",
      message: `The operation cannot be performed at this time. An update is in progress for resource: ${ARN}`,
      $metadata: { httpStatusCode: 409 },
    };

    await expect(
      client.send(new UpdateFunctionConfigurationCommand({ FunctionName: "f", Timeout: 5 })),
    ).rejects.toMatchObject(inProgress);
    await expect(client.send(new PublishVersionCommand({ FunctionName: "f" }))).rejects.toMatchObject(
      inProgress,
    );
    expect(await configuration()).toMatchObject({ LastUpdateStatus: "InProgress", Timeout: 4 });
    world.passTime(5_000);

    expect(await configuration()).toMatchObject({ LastUpdateStatus: "Successful", Timeout: 4 });
  });

  test("keeps what is not sent, and takes settings away by empty values", async () => {
    await client.send(
      new CreateFunctionCommand({
        FunctionName: "f",
        Role: roleArn("lambda"),
        Code: {},
        Environment: { Variables: { A: "1" } },
        KMSKeyArn: "arn:aws:kms:us-east-1:111111111111:key/k",
        DeadLetterConfig: { TargetArn: "arn:aws:sqs:us-east-1:111111111111:q" },
        VpcConfig: { SubnetIds: ["subnet-1"], SecurityGroupIds: ["sg-1"] },
        LoggingConfig: { LogGroup: "mine" },
      }),
    );

    await client.send(
      new UpdateFunctionConfigurationCommand({
        FunctionName: "f",
        KMSKeyArn: "",
        DeadLetterConfig: { TargetArn: "" },
        VpcConfig: { SubnetIds: [], SecurityGroupIds: [] },
        LoggingConfig: { LogFormat: "JSON" },
      }),
    );

    const updated = await configuration();
    expect(updated).toMatchObject({
      Environment: { Variables: { A: "1" } },
      VpcConfig: { SubnetIds: [], SecurityGroupIds: [], VpcId: "", Ipv6AllowedForDualStack: false },
      LoggingConfig: { LogGroup: "mine", LogFormat: "JSON" },
    });
    expect(updated).not.toHaveProperty("KMSKeyArn");
    expect(updated).not.toHaveProperty("DeadLetterConfig");
  });
});

describe("names", () => {
  test.each(["f", "function:f", "111111111111:f", "111111111111:function:f", ARN])(
    "%s names the function",
    async (name) => {
      await createFunction(client, "f");

      expect(await configuration(name)).toMatchObject({ FunctionArn: ARN });
    },
  );

  test.each([
    {
      because: "it is not there",
      name: "missing",
      error: { name: "ResourceNotFoundException", message: `Function not found: ${ARN.slice(0, -1)}missing` },
    },
    {
      because: "its version is not there",
      name: "f:1221",
      error: { name: "ResourceNotFoundException", message: `Function not found: ${ARN}:1221` },
    },
    {
      because: "its alias is not there",
      name: "f:aliasdoesnotexist",
      error: { name: "ResourceNotFoundException", message: `Function not found: ${ARN}:aliasdoesnotexist` },
    },
    {
      because: "it is in another region",
      name: "arn:aws:lambda:ap-southeast-1:111111111111:function:f",
      error: {
        name: "ResourceNotFoundException",
        message: "Functions from 'ap-southeast-1' are not reachable in this region ('us-east-1')",
      },
    },
    {
      because: "it is another account's",
      name: "arn:aws:lambda:us-east-1:123456789012:function:f",
      error: { name: "AccessDeniedException" },
    },
    {
      because: "it is no name",
      name: "my-function!",
      error: {
        name: "ValidationException",
        message: String.raw`1 validation error detected: Value 'my-function!' at 'functionName' failed to satisfy constraint: Member must satisfy regular expression pattern: (arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_\.]+)(:(\$LATEST(\.PUBLISHED)?|[a-zA-Z0-9-_]+))?`,
      },
    },
  ])("a function is refused when $because", async ({ name, error }) => {
    await createFunction(client, "f");

    await expect(configuration(name)).rejects.toMatchObject(error);
  });

  test("a function named like a member of every object is not there until it is created", async () => {
    await expect(configuration("constructor")).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  });
});

describe("ListFunctions", () => {
  test("gives 50 on a page, whatever is asked for, and every function once", async () => {
    const names = Array.from({ length: 120 }, (_, index) => `f${String(index).padStart(3, "0")}`);
    for (const name of names) await createFunction(client, name);

    const pages = await everyFunction({});
    const asked = await client.send(new ListFunctionsCommand({ MaxItems: 10_000 }));

    expect(pages.map((page) => page.length)).toEqual([50, 50, 20]);
    expect(pages.flat().map(({ FunctionName }) => FunctionName)).toEqual(names);
    expect(asked.Functions).toHaveLength(50);
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
          Arn: "arn:aws:elasticfilesystem:us-east-1:111111111111:access-point/fsap-0123",
          LocalMountPath: "/mnt/a",
        },
      ],
      KMSKeyArn: "arn:aws:kms:us-east-1:111111111111:key/k",
    };
    await client.send(
      new CreateFunctionCommand({
        FunctionName: "f",
        Role: roleArn("lambda"),
        Code: {},
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
      new CreateFunctionCommand({ FunctionName: "f", Role: roleArn("lambda"), Code: {} }),
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

  test("CreateFunction publishes at once when asked to", async () => {
    const created = await client.send(
      new CreateFunctionCommand({ FunctionName: "f", Role: roleArn("lambda"), Code: {}, Publish: true }),
    );

    expect(created).toMatchObject({ Version: "1", FunctionArn: `${ARN}:1` });
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

describe("DeleteFunction", () => {
  test("takes versions, aliases and policies along", async () => {
    await createFunction(client, "f");
    await publish(client, "f", "one");
    await createAlias(client, "f", "live");

    await client.send(new DeleteFunctionCommand({ FunctionName: "f" }));

    expect(world.stateOf().functions).toEqual({});
    await expect(configuration()).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  });

  test.each([
    { because: "is $LATEST", qualifier: "$LATEST", name: "InvalidParameterValueException" },
    { because: "is an alias", qualifier: "live", name: "InvalidParameterValueException" },
    { because: "is what an alias points to", qualifier: "1", name: "ResourceConflictException" },
  ])("refuses a qualifier that $because", async ({ qualifier, name }) => {
    await createFunction(client, "f");
    await publish(client, "f", "one");
    await createAlias(client, "f", "live");

    const deleted = client.send(new DeleteFunctionCommand({ FunctionName: "f", Qualifier: qualifier }));

    await expect(deleted).rejects.toMatchObject({ name });
  });
});

describe("GetFunction", () => {
  test("gives configuration, a code location and tags; an alias shows its own ARN", async () => {
    await createFunction(client, "f");
    await publish(client, "f", "one");
    await createAlias(client, "f", "live");
    await client.send(new TagResourceCommand({ Resource: ARN, Tags: { team: "a" } }));

    const { Configuration, Code, Tags } = await client.send(
      new GetFunctionCommand({ FunctionName: "f:live" }),
    );

    expect(Configuration).toMatchObject({ FunctionArn: `${ARN}:live`, Version: "1" });
    expect(Code).toMatchObject({ RepositoryType: "S3", Location: expect.stringContaining("https://") });
    expect(Tags).toEqual({ team: "a" });
  });
});

describe("tags", () => {
  test("are added, replaced and taken away", async () => {
    await createFunction(client, "f");

    await client.send(new TagResourceCommand({ Resource: ARN, Tags: { a: "1", b: "2" } }));
    await client.send(new TagResourceCommand({ Resource: ARN, Tags: { b: "3" } }));
    await client.send(new UntagResourceCommand({ Resource: ARN, TagKeys: ["a", "never"] }));

    expect((await client.send(new ListTagsCommand({ Resource: ARN }))).Tags).toEqual({ b: "3" });
  });

  test.each([
    {
      because: "on an alias",
      resource: `${ARN}:live`,
      error: {
        message: "Tags on function aliases and versions are not supported. Please specify a function ARN.",
      },
    },
    {
      because: "on nothing",
      resource: `${ARN}-missing`,
      error: { message: `Function not found: ${ARN}-missing` },
    },
    { because: "on a name", resource: "f", error: { name: "ValidationException" } },
  ])("are refused $because", async ({ resource, error }) => {
    await createFunction(client, "f");

    await expect(client.send(new ListTagsCommand({ Resource: resource }))).rejects.toMatchObject(error);
  });

  test("are 50 at most", async () => {
    await createFunction(client, "f");
    const tags = Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`k${index}`, "v"]));

    await expect(client.send(new TagResourceCommand({ Resource: ARN, Tags: tags }))).rejects.toMatchObject({
      name: "InvalidParameterValueException",
      message: "Number of tags exceeds resource tag limit.",
    });
  });
});

describe("what invokes a function", () => {
  test("event source mappings are found by function and by source, and outlive the function", async () => {
    await createFunction(client, "f");
    const mapping = {
      UUID: "0123",
      FunctionArn: ARN,
      EventSourceArn: "arn:aws:sqs:us-east-1:111111111111:q",
      LastModified: "2026-01-01T00:00:00.000Z",
      State: "Enabled",
    };
    world.stateOf().eventSourceMappings.push(mapping);
    const ids = async (filter: { FunctionName?: string; EventSourceArn?: string }): Promise<unknown> =>
      (await client.send(new ListEventSourceMappingsCommand(filter))).EventSourceMappings?.map(
        ({ UUID }) => UUID,
      );

    expect(await ids({ FunctionName: "f" })).toEqual(["0123"]);
    expect(await ids({ FunctionName: "g" })).toEqual([]);
    expect(await ids({ EventSourceArn: mapping.EventSourceArn })).toEqual(["0123"]);
    await client.send(new DeleteFunctionCommand({ FunctionName: "f" }));

    expect(await ids({})).toEqual(["0123"]);
  });

  test("event invoke configs carry qualified ARNs", async () => {
    await createFunction(client, "f");
    functionOf(world.stateOf(), "f").eventInvokeConfigs["$LATEST"] = {
      LastModified: "2026-01-01T00:00:00.000Z",
      DestinationConfig: { OnFailure: { Destination: "arn:aws:sns:us-east-1:111111111111:t" } },
    };

    const { FunctionEventInvokeConfigs: found } = await client.send(
      new ListFunctionEventInvokeConfigsCommand({ FunctionName: "f" }),
    );

    expect(found).toEqual([
      {
        FunctionArn: `${ARN}:$LATEST`,
        LastModified: new Date("2026-01-01T00:00:00.000Z"),
        DestinationConfig: { OnFailure: { Destination: "arn:aws:sns:us-east-1:111111111111:t" } },
      },
    ]);
  });

  test("function URLs are listed as they were created", async () => {
    await createFunction(client, "f");
    const { FunctionUrl } = await client.send(
      new CreateFunctionUrlConfigCommand({ FunctionName: "f", AuthType: "AWS_IAM" }),
    );

    const { FunctionUrlConfigs: found } = await client.send(
      new ListFunctionUrlConfigsCommand({ FunctionName: "f" }),
    );

    expect(FunctionUrl).toMatch(/^https:\/\/[0-9a-f]+\.lambda-url\.us-east-1\.on\.aws\/$/);
    expect(found).toMatchObject([
      { FunctionUrl, FunctionArn: ARN, AuthType: "AWS_IAM", InvokeMode: "BUFFERED" },
    ]);
  });

  test.each([
    {
      operation: "ListFunctionUrlConfigs",
      list: async () => client.send(new ListFunctionUrlConfigsCommand({ FunctionName: "missing" })),
      message: "Function does not exist",
    },
    {
      operation: "ListFunctionEventInvokeConfigs",
      list: async () => client.send(new ListFunctionEventInvokeConfigsCommand({ FunctionName: "missing" })),
      message: "The function doesn't exist.",
    },
  ])("$operation says of a missing function: $message", async ({ list, message }) => {
    await expect(list()).rejects.toMatchObject({ name: "ResourceNotFoundException", message });
  });
});

test("accounts and regions are apart", async () => {
  await createFunction(client, "f");

  const elsewhere = world.client({ accountId: "111111111111", region: "us-west-2" });

  expect((await elsewhere.send(new ListFunctionsCommand({}))).Functions).toEqual([]);
  expect(Object.keys(accountOf(world.simulator.world, "123456789012").lambda)).toContain("us-east-1");
  expect((await client.send(new ListFunctionsCommand({}))).Functions).toHaveLength(1);
});
