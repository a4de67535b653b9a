import {
  CreateAliasCommand,
  DeleteAliasCommand,
  GetAliasCommand,
  GetPolicyCommand,
  ListAliasesCommand,
  UpdateAliasCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import type { CreateAliasCommandInput, LambdaClient, UpdateAliasCommandInput } from "@aws-sdk/client-lambda";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { addPermission, createAlias, createFunction, publish, roleArn, startLambdaWorld } from "./world.ts";
import type { LambdaWorld } from "./world.ts";

let world: LambdaWorld;
let client: LambdaClient;
/** Versions 1 and 2 are on one role, version 3 on another. */
beforeEach(async () => {
  world = await startLambdaWorld();
  client = world.client();
  await createFunction(client, "f");
  await publish(client, "f", "one");
  await publish(client, "f", "two");
  await client.send(new UpdateFunctionConfigurationCommand({ FunctionName: "f", Role: roleArn("other") }));
  await publish(client, "f", "three");
});
afterEach(async () => {
  await world.close();
});

const ARN = "arn:aws:lambda:us-east-1:111111111111:function:f";

async function create(input: Partial<CreateAliasCommandInput>): Promise<unknown> {
  return client.send(
    new CreateAliasCommand({ FunctionName: "f", Name: "live", FunctionVersion: "1", ...input }),
  );
}

async function update(input: Partial<UpdateAliasCommandInput>): Promise<unknown> {
  return client.send(new UpdateAliasCommand({ FunctionName: "f", Name: "live", ...input }));
}

function weights(
  version: string,
  weight: number,
): { RoutingConfig: { AdditionalVersionWeights: Record<string, number> } } {
  return { RoutingConfig: { AdditionalVersionWeights: { [version]: weight } } };
}

describe("CreateAlias", () => {
  test("points to a version; a weight shows as routing", async () => {
    await create(weights("2", 0.2));

    const {
      $metadata: _,
      RevisionId,
      ...found
    } = await client.send(new GetAliasCommand({ FunctionName: "f", Name: "live" }));

    expect(found).toEqual({
      AliasArn: `${ARN}:live`,
      Name: "live",
      FunctionVersion: "1",
      Description: "",
      RoutingConfig: { AdditionalVersionWeights: { "2": 0.2 } },
    });
    expect(RevisionId).toMatch(/^[0-9a-f-]{36}$/);
  });

  const invalid = "InvalidParameterValueException";
  test.each([
    {
      because: "both versions must be on one role",
      input: weights("3", 0.5),
      error: { name: invalid, message: "Specified versions must be associated with the same execution role" },
    },
    {
      because: "there is one further version at most",
      input: { RoutingConfig: { AdditionalVersionWeights: { "2": 0.1, "3": 0.1 } } },
      error: {
        name: invalid,
        message: "Number of items in AdditionalVersionWeights cannot be greater than 1",
      },
    },
    {
      because: "a version cannot share with itself",
      input: weights("1", 0.5),
      error: {
        name: invalid,
        message:
          "Invalid function version 1. Function version 1 is already included in routing configuration.",
      },
    },
    {
      because: "$LATEST cannot share",
      input: { FunctionVersion: "$LATEST", ...weights("1", 0.5) },
      error: {
        name: invalid,
        message: "$LATEST is not supported for an alias pointing to more than 1 version",
      },
    },
    {
      because: "the further version must be published",
      input: weights("10", 0.5),
      error: { name: "ResourceNotFoundException", message: `Function not found: ${ARN}:10` },
    },
    {
      because: "the version must be there",
      input: { FunctionVersion: "10" },
      error: { name: "ResourceNotFoundException", message: `Function not found: ${ARN}:10` },
    },
    {
      because: "the function must be there",
      input: { FunctionName: "f-unknown" },
      error: { name: "ResourceNotFoundException", message: `Function not found: ${ARN}-unknown:1` },
    },
    {
      because: "a weight is 1 at most",
      input: weights("2", 2),
      error: {
        name: "ValidationException",
        message:
          "1 validation error detected: Value '{2=2.0}' at 'routingConfig.additionalVersionWeights' failed to satisfy constraint: Map value must satisfy constraint: [Member must have value less than or equal to 1.0, Member must have value greater than or equal to 0.0, Member must not be null]",
      },
    },
    {
      because: "a weight is for a number",
      input: weights("$LATEST", 0.5),
      error: { name: "ValidationException", message: expect.stringContaining("'{$LATEST=0.5}'") },
    },
    {
      because: "a name is no number",
      input: { Name: "2024" },
      error: {
        name: "ValidationException",
        message:
          "1 validation error detected: Value '2024' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: (?!^[0-9]+$)([a-zA-Z0-9-_]+)",
      },
    },
  ])("is refused: $because", async ({ input, error }) => {
    await expect(create(input)).rejects.toMatchObject(error);

    expect(world.stateOf().functions["f"]?.aliases).toEqual({});
  });

  test("is refused when there is one of that name", async () => {
    await create({});

    await expect(create({})).rejects.toMatchObject({
      name: "ResourceConflictException",
      message: `Alias already exists: ${ARN}:live`,
    });
  });
});

describe("UpdateAlias", () => {
  test("changes what is sent, and the revision", async () => {
    const revision = await createAlias(client, "f", "live");

    const updated = await update({ FunctionVersion: "2", RevisionId: revision });

    expect(updated).toMatchObject({ FunctionVersion: "2", Description: "" });
    expect(updated).not.toMatchObject({ RevisionId: revision });
    await expect(update({ FunctionVersion: "1", RevisionId: revision })).rejects.toMatchObject({
      name: "PreconditionFailedException",
    });
  });

  test("ends routing by an empty one, and refuses to share with another role", async () => {
    await create(weights("2", 0.2));

    await expect(update({ FunctionVersion: "3" })).rejects.toMatchObject({
      message: "Specified versions must be associated with the same execution role",
    });
    const ended = await update({ FunctionVersion: "3", RoutingConfig: { AdditionalVersionWeights: {} } });

    expect(ended).toMatchObject({ FunctionVersion: "3" });
    expect(ended).not.toHaveProperty("RoutingConfig");
  });

  test("a missing alias has another error message than in GetAlias", async () => {
    await expect(update({})).rejects.toMatchObject({ message: `Alias not found: ${ARN}:live` });
    await expect(client.send(new GetAliasCommand({ FunctionName: "f", Name: "live" }))).rejects.toMatchObject(
      {
        message: `Cannot find alias arn: ${ARN}:live`,
      },
    );
  });
});

describe("ListAliases", () => {
  test("gives those that run a version, routing included, by name and in pages", async () => {
    await createAlias(client, "f", "b");
    await create({ Name: "a", FunctionVersion: "2", ...weights("1", 0.1) });
    await create({ Name: "c", FunctionVersion: "3" });
    const list = async (input: object): Promise<{ names: unknown; NextMarker?: string | undefined }> => {
      const { Aliases = [], NextMarker } = await client.send(
        new ListAliasesCommand({ FunctionName: "f", ...input }),
      );
      return { names: Aliases.map(({ Name }) => Name), NextMarker };
    };

    const first = await list({ MaxItems: 2 });

    expect((await list({ FunctionVersion: "1" })).names).toEqual(["a", "b"]);
    expect(first.names).toEqual(["a", "b"]);
    expect((await list({ Marker: first.NextMarker })).names).toEqual(["c"]);
  });
});

describe("DeleteAlias", () => {
  test("takes the alias's policy along, and succeeds when there is nothing", async () => {
    await createAlias(client, "f", "live");
    await addPermission(client, { FunctionName: "f:live", StatementId: "a" });
    const deletion = new DeleteAliasCommand({ FunctionName: "f", Name: "live" });

    await client.send(deletion);
    await client.send(deletion);
    await createAlias(client, "f", "live");

    await expect(client.send(new GetPolicyCommand({ FunctionName: "f:live" }))).rejects.toMatchObject({
      name: "ResourceNotFoundException",
    });
  });
});
