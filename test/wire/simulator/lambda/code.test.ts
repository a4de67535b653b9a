import { createHash } from "node:crypto";
import {
  CreateFunctionCommand,
  GetFunctionConfigurationCommand,
  ListVersionsByFunctionCommand,
  UpdateFunctionCodeCommand,
  type LambdaClient,
} from "@aws-sdk/client-lambda";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { CODE, createFunction, roleArn, startLambdaWorld, type LambdaWorld } from "./world.ts";

const ARN = "arn:aws:lambda:us-east-1:111111111111:function:f";
/** The same archive with a comment after its directory: other bytes. */
const OTHER = Buffer.concat([CODE.ZipFile.subarray(0, -2), Buffer.from([2, 0]), Buffer.from("!!")]);

let world: LambdaWorld;
let client: LambdaClient;

beforeEach(async () => {
  world = await startLambdaWorld();
  client = world.client();
  await createFunction(client, "f");
});
afterEach(() => world.close());

const hash = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("base64");
const read = () => client.send(new GetFunctionConfigurationCommand({ FunctionName: "f" }));
const update = (change: object) =>
  client.send(new UpdateFunctionCodeCommand({ FunctionName: "f", ZipFile: OTHER, ...change }));

describe("a function's code", () => {
  test("shows as hash and size of the uploaded bytes", async () => {
    expect(await read()).toMatchObject({ CodeSha256: hash(CODE.ZipFile), CodeSize: CODE.ZipFile.length });
  });

  test("in an image has no size", async () => {
    const created = await client.send(
      new CreateFunctionCommand({
        FunctionName: "image",
        Role: roleArn("lambda"),
        PackageType: "Image",
        Code: { ImageUri: "111111111111.dkr.ecr.us-east-1.amazonaws.com/i:1" },
      }),
    );

    expect(created).toMatchObject({ CodeSize: 0, CodeSha256: expect.stringMatching(/.{44}/) });
  });
});

describe("UpdateFunctionCode", () => {
  test("changes the code, the revision and nothing else", async () => {
    const { RevisionId, CodeSha256, CodeSize, $metadata, LastModified, ...before } = await read();

    const updated = await update({});
    const after = await read();

    expect(updated).toMatchObject({ CodeSha256: hash(OTHER), CodeSize: OTHER.length, FunctionArn: ARN });
    expect(updated).toMatchObject({ LastUpdateStatus: "InProgress", Version: "$LATEST" });
    expect(after).toMatchObject({ ...before, CodeSha256: hash(OTHER), CodeSize: OTHER.length });
    expect([after.RevisionId === RevisionId, CodeSha256 === after.CodeSha256]).toEqual([false, false]);
    expect([CodeSize, $metadata.httpStatusCode, typeof LastModified]).toEqual([
      CODE.ZipFile.length,
      200,
      "string",
    ]);
  });

  test("publishes a version when asked to, under the version's ARN", async () => {
    const updated = await update({ Publish: true });

    const { Versions } = await client.send(new ListVersionsByFunctionCommand({ FunctionName: "f" }));
    expect(updated).toMatchObject({ Version: "1", FunctionArn: `${ARN}:1`, State: "Pending" });
    expect(Versions?.map(({ Version, CodeSha256 }) => [Version, CodeSha256])).toEqual([
      ["$LATEST", hash(OTHER)],
      ["1", hash(OTHER)],
    ]);
  });

  test("in a dry run changes nothing", async () => {
    const before = await read();

    await update({ DryRun: true, Publish: true });

    expect(await read()).toMatchObject({ RevisionId: before.RevisionId, CodeSha256: before.CodeSha256 });
  });

  test.each([
    { change: { RevisionId: "wrong" }, name: "PreconditionFailedException", because: "another revision" },
    { change: { ZipFile: Buffer.from("x") }, name: "InvalidParameterValueException", because: "no zip" },
    { change: { FunctionName: "none" }, name: "ResourceNotFoundException", because: "no function" },
    { change: { FunctionName: "f:1" }, name: "InvalidParameterValueException", because: "a version" },
    { change: { Architectures: ["sparc"] }, name: "ValidationException", because: "no architecture" },
  ])("is refused for $because", async ({ change, name }) => {
    await expect(update(change)).rejects.toMatchObject({ name });
  });

  test("is refused while an update is in progress", async () => {
    world.stateOf().updateMs = 60_000;
    await update({});

    await expect(update({})).rejects.toMatchObject({ name: "ResourceConflictException" });
  });
});
