import {
  CreatePolicyCommand,
  CreateRoleCommand,
  GetRoleCommand,
  ListRolesCommand,
  PutRolePolicyCommand,
} from "@aws-sdk/client-iam";
import {
  AddPermissionCommand,
  LambdaClient,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { addFunction, addRole } from "../../../../src/simulator/world.ts";
import {
  ACCOUNT,
  clientConfig,
  documentOf,
  trustOf,
  type Credentials,
} from "../../../support/installation/simulated.ts";
import { GOOD, SessionWorld } from "./session-world.ts";

const ROLE = `arn:aws:iam::${ACCOUNT}:role/grantkeeper/orders`;
const FUNCTION = `arn:aws:lambda:us-east-1:${ACCOUNT}:function:orders`;
const ANY = documentOf({ Effect: "Allow", Action: "s3:GetObject", Resource: "*" });
const TRUST = trustOf({ Service: "lambda.amazonaws.com" });

let sessions: SessionWorld;

beforeEach(async () => {
  sessions = await SessionWorld.start();
  const { world } = sessions.simulated;
  addRole(world, { accountId: ACCOUNT, name: "orders", path: "/grantkeeper/" });
  addRole(world, { accountId: ACCOUNT, name: "search", path: "/grantkeeper/" });
  for (const name of ["orders", "search"])
    addFunction(world, { accountId: ACCOUNT, region: "us-east-1", name, roleArn: ROLE });
});

afterEach(() => sessions.stop());

function within(...statements: readonly object[]): Promise<Credentials> {
  return sessions.assume({ ...GOOD, Policy: documentOf(...statements) });
}

function allow(Action: string, ...Resource: readonly string[]): object {
  return { Effect: "Allow", Action, Resource };
}

function putPolicy(RoleName: string): PutRolePolicyCommand {
  return new PutRolePolicyCommand({ RoleName, PolicyName: "grantkeeper", PolicyDocument: ANY });
}

function lambdaAs(credentials: Credentials): LambdaClient {
  return sessions.keep(
    new LambdaClient(clientConfig(sessions.simulated.simulator, credentials, "us-east-1")),
  );
}

function addCaller(FunctionName: string, Qualifier?: string): AddPermissionCommand {
  const Action = "lambda:InvokeFunction";
  return new AddPermissionCommand({
    FunctionName,
    StatementId: "s",
    Action,
    Principal: "s3.amazonaws.com",
    Qualifier,
  });
}

describe("a session policy", () => {
  test("lets a call to a named role through, and denies the same call to another role, which keeps its policies", async () => {
    const iam = sessions.iamAs(await within(allow("IAM:put*", ROLE)));
    await iam.send(putPolicy("orders"));

    const other = iam.send(putPolicy("search"));

    await expect(other).rejects.toMatchObject({ name: "AccessDenied", $metadata: { httpStatusCode: 403 } });
    await expect(other).rejects.toThrow(
      "iam:PutRolePolicy on resource: arn:aws:iam::111122223333:role/grantkeeper/search because no session policy allows the iam:PutRolePolicy action",
    );
    const roles = sessions.simulated.world.accounts[ACCOUNT]?.iam.roles;
    expect([roles?.["orders"]?.inline, roles?.["search"]?.inline]).toEqual([
      { grantkeeper: expect.any(String) },
      {},
    ]);
  });

  test("denies an action that it does not name, and a read", async () => {
    const iam = sessions.iamAs(await within(allow("iam:PutRolePolicy", ROLE)));

    await expect(iam.send(new GetRoleCommand({ RoleName: "orders" }))).rejects.toThrow("iam:GetRole");
    await expect(iam.send(new ListRolesCommand({}))).rejects.toThrow("iam:ListRoles on resource: *");
  });

  test("denies explicitly what a Deny names, even if another statement allows it", async () => {
    const deny = { Effect: "Deny", NotAction: "iam:Get*", NotResource: `${ROLE}x` };
    const iam = sessions.iamAs(await within(allow("*", "*"), deny));

    await iam.send(new GetRoleCommand({ RoleName: "orders" }));
    await expect(iam.send(putPolicy("orders"))).rejects.toThrow("with an explicit deny in a session policy");
  });

  test("judges a new role and a new policy by their paths, and their tags by the permission to tag", async () => {
    const path = `arn:aws:iam::${ACCOUNT}`;
    const iam = sessions.iamAs(
      await within(allow("iam:Create*", `${path}:role/grantkeeper/new`, `${path}:policy/grantkeeper/new`)),
    );
    const role = { RoleName: "new", AssumeRolePolicyDocument: TRUST };
    const policy = { PolicyName: "new", PolicyDocument: ANY };
    const Tags = [{ Key: "a", Value: "b" }];

    await expect(iam.send(new CreateRoleCommand(role))).rejects.toThrow("role/new because");
    await expect(iam.send(new CreateRoleCommand({ ...role, Path: "/grantkeeper/", Tags }))).rejects.toThrow(
      "iam:TagRole",
    );
    await expect(
      iam.send(new CreatePolicyCommand({ ...policy, Path: "/grantkeeper/", Tags })),
    ).rejects.toThrow("iam:TagPolicy");
    await iam.send(new CreateRoleCommand({ ...role, Path: "/grantkeeper/", Tags: [] }));
    await iam.send(new CreatePolicyCommand({ ...policy, Path: "/grantkeeper/" }));
  });

  test("denies calls to other functions and to qualifiers that it does not name, in Lambda's words", async () => {
    const lambda = lambdaAs(await within(allow("lambda:*", FUNCTION)));
    await lambda.send(addCaller("orders"));

    for (const command of [addCaller("search"), addCaller("orders", "live")])
      await expect(lambda.send(command)).rejects.toMatchObject({
        name: "AccessDeniedException",
        $metadata: { httpStatusCode: 403 },
      });
  });

  test("judges the role that a function gets", async () => {
    const change = { FunctionName: "orders", Role: ROLE };
    const without = lambdaAs(await within(allow("lambda:*", FUNCTION)));
    const withRole = lambdaAs(await within(allow("lambda:*", FUNCTION), allow("iam:PassRole", ROLE)));

    await expect(without.send(new UpdateFunctionConfigurationCommand(change))).rejects.toThrow(
      "iam:PassRole",
    );
    await withRole.send(new UpdateFunctionConfigurationCommand(change));
  });

  test("judges the use of the key of a function that gets a role", async () => {
    const key = `arn:aws:kms:us-east-1:${ACCOUNT}:key/1`;
    const configuration = { KMSKeyArn: key };
    const place = { accountId: ACCOUNT, region: "us-east-1", roleArn: ROLE };
    addFunction(sessions.simulated.world, { ...place, name: "secret", configuration });
    const change = { FunctionName: "secret", Role: ROLE };
    const writes = [allow("lambda:*", FUNCTION.replace("orders", "secret")), allow("iam:PassRole", ROLE)];
    const without = lambdaAs(await within(...writes));
    const withKey = lambdaAs(await within(...writes, allow("kms:*", key)));

    await expect(without.send(new UpdateFunctionConfigurationCommand(change))).rejects.toThrow(
      "kms:CreateGrant",
    );
    await withKey.send(new UpdateFunctionConfigurationCommand(change));
  });

  test("with a time denies explicitly after it, by the simulator's clock, and nothing until it", async () => {
    const Condition = { DateGreaterThan: { "AWS:currentTime": "2026-11-01T00:00:20Z" } };
    const deny = { Effect: "Deny", Action: "*", Resource: "*", Condition };
    const iam = sessions.iamAs(await within(allow("iam:*", ROLE), deny));
    const get = () => iam.send(new GetRoleCommand({ RoleName: "orders" }));

    sessions.nowMs += 20_000;
    await get();
    sessions.nowMs += 1;

    await expect(get()).rejects.toThrow("iam:GetRole on resource: ");
    await expect(get()).rejects.toThrow("with an explicit deny in a session policy");
  });

  test("does not limit GetCallerIdentity", async () => {
    const session = await within(allow("iam:GetRole", ROLE));

    await expect(sessions.stsAs(session).send(new GetCallerIdentityCommand({}))).resolves.toHaveProperty(
      "Arn",
    );
  });

  test.each([
    { because: "is no policy", policy: "{}", name: "MalformedPolicyDocumentException" },
    {
      because: "has a condition, which is not simulated",
      policy: documentOf({ ...allow("*", "*"), Condition: { Bool: { "aws:SecureTransport": "true" } } }),
      name: "NotSimulated",
    },
    {
      because: "has a time in a form that is not simulated",
      policy: documentOf({
        ...allow("*", "*"),
        Condition: { DateGreaterThan: { "aws:CurrentTime": "2026-11-01" } },
      }),
      name: "NotSimulated",
    },
    {
      because: "has a date of another key, which is not simulated",
      policy: documentOf({
        ...allow("*", "*"),
        Condition: { DateGreaterThan: { "aws:TokenIssueTime": "2026-11-01T00:00:20Z" } },
      }),
      name: "NotSimulated",
    },
    {
      because: "has a variable, which is not simulated",
      policy: documentOf(allow("*", "arn:aws:s3:::b/${aws:username}")),
      name: "NotSimulated",
    },
  ])("is refused if it $because", async ({ policy, name }) => {
    await expect(sessions.assume({ ...GOOD, Policy: policy })).rejects.toMatchObject({ name });
  });
});
