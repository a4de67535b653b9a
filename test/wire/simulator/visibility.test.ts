import {
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateRoleCommand,
  DeleteRoleCommand,
  GetAccountAuthorizationDetailsCommand,
  GetPolicyCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  ListRolesCommand,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateRoleCommand,
} from "@aws-sdk/client-iam";
import { UpdateFunctionConfigurationCommand } from "@aws-sdk/client-lambda";
import { AssumeRoleCommand } from "@aws-sdk/client-sts";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { addFunction, addRole } from "../../../src/simulator/world.ts";
import type { Simulated } from "../../support/installation/simulated.ts";
import {
  ACCOUNT,
  allow,
  LAMBDA_TRUST,
  startSimulated,
  trustOf,
} from "../../support/installation/simulated.ts";

const VISIBILITY_MS = 10_000;
const RoleName = "orders";

let nowMs: number;
let simulated: Simulated;
let send: Simulated["iam"]["send"];
beforeEach(async () => {
  nowMs = Date.parse("2026-11-01T00:00:00Z");
  simulated = await startSimulated(
    (world) => addRole(world, { accountId: ACCOUNT, name: RoleName, inline: { p: allow("s3:Get*") } }),
    { nowMs: () => nowMs, visibilityMs: VISIBILITY_MS },
  );
  send = simulated.iam.send.bind(simulated.iam);
});
afterEach(() => simulated.stop());

const read = (name = RoleName) => send(new GetRoleCommand({ RoleName: name }));
const create = (name = "new") =>
  send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: LAMBDA_TRUST }));
const NO_SUCH_ENTITY = { name: "NoSuchEntityException" };

describe("reads show IAM as it was", () => {
  test("a new role is not seen, then it is", async () => {
    await create();

    await expect(read("new")).rejects.toMatchObject(NO_SUCH_ENTITY);
    expect((await send(new ListRolesCommand({}))).Roles).toHaveLength(1);
    nowMs += VISIBILITY_MS;

    expect((await read("new")).Role).toMatchObject({ RoleName: "new" });
    expect((await send(new ListRolesCommand({}))).Roles).toHaveLength(2);
  });

  test("a deleted role is still seen", async () => {
    await create();
    nowMs += VISIBILITY_MS;
    await send(new DeleteRoleCommand({ RoleName: "new" }));

    expect((await read("new")).Role).toMatchObject({ RoleName: "new" });
    nowMs += VISIBILITY_MS;

    await expect(read("new")).rejects.toMatchObject(NO_SUCH_ENTITY);
  });

  test("of several changes each becomes visible in its time", async () => {
    const shown: (string | undefined)[] = [];
    for (const Description of ["one", "two"]) {
      await send(new UpdateRoleCommand({ RoleName, Description }));
      nowMs += VISIBILITY_MS / 2;
      shown.push((await read()).Role?.Description);
    }
    nowMs += VISIBILITY_MS / 2;

    shown.push((await read()).Role?.Description);

    expect(shown).toEqual([undefined, "one", "two"]);
  });

  test("an old document shows while another object is already current", async () => {
    await send(new PutRolePolicyCommand({ RoleName, PolicyName: "p", PolicyDocument: allow("s3:Put*") }));
    nowMs += VISIBILITY_MS - 1;
    await create();
    nowMs += 1;

    const { PolicyDocument } = await send(new GetRolePolicyCommand({ RoleName, PolicyName: "p" }));
    const details = await send(new GetAccountAuthorizationDetailsCommand({ Filter: ["Role"] }));

    expect(decodeURIComponent(PolicyDocument ?? "")).toBe(allow("s3:Put*"));
    expect(details.RoleDetailList?.map((each) => each.RoleName)).toEqual([RoleName]);
  });

  test("policies are as late as roles", async () => {
    await send(new CreatePolicyCommand({ PolicyName: "shared", PolicyDocument: allow("s3:Get*") }));
    const PolicyArn = `arn:aws:iam::${ACCOUNT}:policy/shared`;
    await expect(send(new GetPolicyCommand({ PolicyArn }))).rejects.toMatchObject(NO_SUCH_ENTITY);
    nowMs += VISIBILITY_MS;
    await send(
      new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument: allow("s3:Put*"), SetAsDefault: true }),
    );

    expect((await send(new GetPolicyCommand({ PolicyArn }))).Policy?.DefaultVersionId).toBe("v1");
  });
});

describe("writes act on the current state", () => {
  test("a role that is not seen yet is taken, and can be changed", async () => {
    await create();

    await expect(create()).rejects.toMatchObject({ name: "EntityAlreadyExistsException" });
    await send(
      new PutRolePolicyCommand({ RoleName: "new", PolicyName: "p", PolicyDocument: allow("s3:Get*") }),
    );

    expect(simulated.world.accounts[ACCOUNT]?.iam.roles["new"]?.inline).toHaveProperty("p");
  });
});

describe("others see IAM as late as readers", () => {
  test("a trust policy can't name a role that was just created", async () => {
    await create();
    const trust = trustOf({ AWS: `arn:aws:iam::${ACCOUNT}:role/new` });
    const update = () => send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: trust }));

    await expect(update()).rejects.toMatchObject({ name: "MalformedPolicyDocumentException" });
    nowMs += VISIBILITY_MS;

    await update();
  });

  test("Lambda refuses a role that was just created, then takes it", async () => {
    const roleArn = `arn:aws:iam::${ACCOUNT}:role/${RoleName}`;
    addFunction(simulated.world, { accountId: ACCOUNT, region: "us-east-1", name: "f", roleArn });
    await create();
    const input = { FunctionName: "f", Role: `arn:aws:iam::${ACCOUNT}:role/new` };
    const update = () => simulated.lambda.send(new UpdateFunctionConfigurationCommand(input));

    await expect(update()).rejects.toMatchObject({
      name: "InvalidParameterValueException",
      message: "The role defined for the function cannot be assumed by Lambda.",
    });
    nowMs += VISIBILITY_MS;

    expect((await update()).Role).toBe(input.Role);
  });

  test("STS goes by the old trust policy", async () => {
    await send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: trustOf({ AWS: ACCOUNT }) }));
    const assume = () =>
      simulated.sts.send(
        new AssumeRoleCommand({
          RoleArn: `arn:aws:iam::${ACCOUNT}:role/${RoleName}`,
          RoleSessionName: "gk-1",
        }),
      );

    await expect(assume()).rejects.toMatchObject({ name: "AccessDenied" });
    nowMs += VISIBILITY_MS;

    expect((await assume()).AssumedRoleUser?.Arn).toContain(`assumed-role/${RoleName}/gk-1`);
  });
});
