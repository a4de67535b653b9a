import {
  DeleteFunctionCommand,
  ListEventSourceMappingsCommand,
  ListFunctionEventInvokeConfigsCommand,
  ListFunctionUrlConfigsCommand,
  ListTagsCommand,
  TagResourceCommand,
  UntagResourceCommand,
  CreateFunctionUrlConfigCommand,
} from "@aws-sdk/client-lambda";
import type { LambdaClient } from "@aws-sdk/client-lambda";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { createFunction, functionOf, startLambdaWorld } from "./world.ts";
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
  ])("$operation reports for a missing function: $message", async ({ list, message }) => {
    await expect(list()).rejects.toMatchObject({ name: "ResourceNotFoundException", message });
  });
});
