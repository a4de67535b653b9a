import {
  CreateFunctionCommand,
  DeleteFunctionCommand,
  GetFunctionCommand,
  TagResourceCommand,
  UpdateFunctionConfigurationCommand,
  type LambdaClient,
} from "@aws-sdk/client-lambda";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import {
  CODE,
  configurationOf,
  createAlias,
  createFunction,
  type LambdaWorld,
  publish,
  roleArn,
  startLambdaWorld,
} from "./world.ts";

const ARN = "arn:aws:lambda:us-east-1:111111111111:function:f";

let world: LambdaWorld;
let client: LambdaClient;
beforeEach(async () => {
  world = await startLambdaWorld();
  client = world.client();
});
afterEach(async () => {
  await world.close();
});

const configuration = (name = "f") => configurationOf(client, name);

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

  test("shows layers, image settings and SnapStart in the form of the answers", async () => {
    const layer = "arn:aws:lambda:us-east-1:111111111111:layer:l:1";
    await client.send(
      new CreateFunctionCommand({
        FunctionName: "f",
        Role: roleArn("lambda"),
        Code: { ImageUri: "image" },
        PackageType: "Image",
        Layers: [layer],
        ImageConfig: { EntryPoint: ["run"] },
        SnapStart: { ApplyOn: "PublishedVersions" },
      }),
    );

    const { Configuration, Code } = await client.send(new GetFunctionCommand({ FunctionName: "f" }));

    expect(Configuration).toMatchObject({
      Layers: [{ Arn: layer }],
      ImageConfigResponse: { ImageConfig: { EntryPoint: ["run"] } },
      SnapStart: { ApplyOn: "PublishedVersions", OptimizationStatus: "Off" },
    });
    expect(Configuration).not.toHaveProperty("RuntimeVersionConfig");
    expect(Code).toMatchObject({ RepositoryType: "ECR" });
  });

  test("is pending until its time is over, and then has another revision", async () => {
    world.stateOf().updateMs = 5_000;
    const created = await client.send(
      new CreateFunctionCommand({
        FunctionName: "f",
        Role: roleArn("lambda"),
        Code: CODE,
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
      new CreateFunctionCommand({ FunctionName: "f", Role: roleArn("lambda"), Code: CODE, ...input }),
    );

    await expect(created).rejects.toMatchObject(error);
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
