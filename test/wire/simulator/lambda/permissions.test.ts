import {
  AddPermissionCommand,
  GetFunctionConfigurationCommand,
  RemovePermissionCommand,
} from "@aws-sdk/client-lambda";
import type { LambdaClient } from "@aws-sdk/client-lambda";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { emptyLambda } from "../../../../src/simulator/lambda/state.ts";
import { accountOf } from "../../../../src/simulator/world.ts";
import { addPermission, createFunction, functionOf, readPolicy, roleArn, startLambdaWorld } from "./world.ts";
import type { LambdaWorld } from "./world.ts";

let world: LambdaWorld;
beforeEach(async () => {
  world = await startLambdaWorld();
});
afterEach(async () => {
  await world.close();
});

describe("principals", () => {
  const example = roleArn("example");

  async function allowRole(client: LambdaClient, sid: string): Promise<void> {
    await addPermission(client, { FunctionName: "f", StatementId: sid, Principal: example });
  }

  function principals(document: {
    readonly Statement: readonly Readonly<Record<string, unknown>>[];
  }): unknown[] {
    return document.Statement.map((statement) => statement["Principal"]);
  }

  test("a role that does not exist is refused", async () => {
    const client = world.client();
    await createFunction(client, "f");

    const added = addPermission(client, {
      FunctionName: "f",
      StatementId: "a",
      Principal: roleArn("missing"),
    });

    await expect(added).rejects.toMatchObject({
      name: "InvalidParameterValueException",
      message: "The provided principal was invalid. Please check the principal and try again.",
    });
  });

  test("a deleted role shows as its bare id, also when another role has its name again", async () => {
    const client = world.client();
    await createFunction(client, "f");
    await allowRole(client, "a");
    const { roles } = accountOf(world.simulator.world, "111111111111").iam;
    const { example: deleted, other } = roles;
    if (deleted === undefined || other === undefined) throw new Error("the roles are seeded");
    expect(principals((await readPolicy(client, "f")).document)).toEqual([{ AWS: example }]);

    roles["example"] = { ...deleted, id: "AROAANOTHERROLE" };

    expect(principals((await readPolicy(client, "f")).document)).toEqual([{ AWS: deleted.id }]);
  });

  test("while a deleted role is in the policy, nothing can be added, but it can be removed", async () => {
    const client = world.client();
    await createFunction(client, "f");
    await allowRole(client, "dangling");
    delete accountOf(world.simulator.world, "111111111111").iam.roles["example"];

    await expect(addPermission(client, { FunctionName: "f", StatementId: "b" })).rejects.toMatchObject({
      name: "InvalidParameterValueException",
      message: "The provided principal was invalid. Please check the principal and try again.",
    });
    await client.send(new RemovePermissionCommand({ FunctionName: "f", StatementId: "dangling" }));
    await addPermission(client, { FunctionName: "f", StatementId: "b" });

    expect(principals((await readPolicy(client, "f")).document)).toEqual([{ Service: "s3.amazonaws.com" }]);
  });

  test.each([
    { principal: "events.amazonaws.com", because: "services by domain" },
    { principal: "alexa-appkit.amazon.com", because: "Alexa's services by theirs" },
    { principal: "arn:aws:iam::111111111111:root", because: "whole accounts by ARN" },
  ])("AddPermission takes $because", async ({ principal }) => {
    const client = world.client();
    await createFunction(client, "f");

    const added = addPermission(client, { FunctionName: "f", StatementId: "a", Principal: principal });

    await expect(added).resolves.toContain(principal);
  });
});

describe("limits", () => {
  test("a policy may have 20,480 characters, and not one more", async () => {
    const client = world.client();
    await createFunction(client, "f");
    await createFunction(client, "g");
    const one = { Sid: "a", Effect: "Allow", Principal: "*", Action: "lambda:InvokeFunction", Resource: "" };
    const sourceArn = (padding: number): string => `arn:aws:s3:::${"b".repeat(padding)}`;
    const add = async (name: string, padding: number): Promise<string> =>
      addPermission(client, { FunctionName: name, StatementId: "b", SourceArn: sourceArn(padding) });
    for (const name of ["f", "g"]) {
      functionOf(world.stateOf(), name).policies["$LATEST"] = {
        revisionId: "r",
        document: { Statement: [one] },
      };
    }
    await add("f", 1);
    const shortest = JSON.stringify((await readPolicy(client, "f")).document).length;

    await expect(add("g", 20_482 - shortest)).rejects.toMatchObject({
      name: "PolicyLengthExceededException",
      message: "The final policy size (20481) is bigger than the limit (20480).",
      $metadata: { httpStatusCode: 400 },
    });
    await add("g", 20_481 - shortest);

    expect(JSON.stringify((await readPolicy(client, "g")).document)).toHaveLength(20_480);
  });

  test("all violations of the input are reported together", async () => {
    const client = world.client();
    await createFunction(client, "f");

    const added = addPermission(client, { FunctionName: "f", StatementId: "a.b", Action: "s3:GetObject" });

    await expect(added).rejects.toMatchObject({
      name: "ValidationException",
      message: expect.stringMatching(
        /^2 validation errors detected: Value 'a\.b' at 'statementId' .*; Value 's3:GetObject' at 'action' /,
      ),
    });
  });
});

describe("revisions", () => {
  test("a wrong revision stops RemovePermission and changes nothing", async () => {
    const client = world.client();
    await createFunction(client, "f");
    await addPermission(client, { FunctionName: "f", StatementId: "a" });
    const before = await readPolicy(client, "f");

    const removed = client.send(
      new RemovePermissionCommand({ FunctionName: "f", StatementId: "a", RevisionId: "wrong" }),
    );

    await expect(removed).rejects.toMatchObject({
      name: "PreconditionFailedException",
      $metadata: { httpStatusCode: 412 },
    });
    expect(await readPolicy(client, "f")).toEqual(before);
  });

  test("the function's own revision is none of its policy", async () => {
    const client = world.client();
    await createFunction(client, "f");
    const { RevisionId = "" } = await client.send(new GetFunctionConfigurationCommand({ FunctionName: "f" }));

    const added = client.send(
      new AddPermissionCommand({
        FunctionName: "f",
        StatementId: "a",
        Action: "lambda:InvokeFunction",
        Principal: "*",
        RevisionId,
      }),
    );

    await expect(added).rejects.toMatchObject({ name: "PreconditionFailedException" });
  });
});

describe("full-JSON policies, as PutResourcePolicy leaves them", () => {
  const deny = {
    Effect: "Deny",
    Principal: "*",
    Action: ["lambda:Invoke*"],
    Resource: "*",
    Condition: { Bool: { "aws:SecureTransport": false } },
  };
  const named = {
    Sid: "named",
    Effect: "Allow",
    Principal: { AWS: ["111111111111", "222222222222"] },
    Action: "*",
    Resource: ["*"],
  };

  async function functionWith(document: Readonly<Record<string, unknown>>): Promise<LambdaClient> {
    const client = world.client();
    await createFunction(client, "f");
    const exported = world.simulator.exportWorld();
    const lambda = accountOf(exported, "111111111111").lambda["us-east-1"] ?? emptyLambda();
    functionOf(lambda, "f").policies["$LATEST"] = {
      revisionId: "r",
      document,
    };
    world.simulator.importWorld(exported);
    return client;
  }

  test("Deny, lists and statements without Sid are shown as they were put", async () => {
    const document = { Version: "2012-10-17", Statement: [deny, named] };
    const client = await functionWith(document);

    const policy = await readPolicy(client, "f");

    expect(policy).toEqual({ document, revision: "r" });
  });

  test("AddPermission appends to it, and a lone statement becomes a list", async () => {
    const client = await functionWith({ Version: "2012-10-17", Id: "mine", Statement: deny });

    await addPermission(client, { FunctionName: "f", StatementId: "s3" });

    const { document } = await readPolicy(client, "f");
    expect(document).toMatchObject({ Id: "mine", Statement: [deny, { Sid: "s3", Effect: "Allow" }] });
  });

  test("RemovePermission reaches statements with a Sid only", async () => {
    const client = await functionWith({ Version: "2012-10-17", Statement: [deny, named] });

    await client.send(new RemovePermissionCommand({ FunctionName: "f", StatementId: "named" }));

    expect((await readPolicy(client, "f")).document.Statement).toEqual([deny]);
  });
});
