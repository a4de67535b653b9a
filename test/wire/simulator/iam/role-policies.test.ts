import {
  AddRoleToInstanceProfileCommand,
  AttachRolePolicyCommand,
  CreateInstanceProfileCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  DeleteRolePermissionsBoundaryCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  GetAccountAuthorizationDetailsCommand,
  ListAttachedRolePoliciesCommand,
  ListInstanceProfilesForRoleCommand,
  ListRolePoliciesCommand,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { addRole } from "../../../../src/simulator/world.ts";
import {
  type Simulated,
  ACCOUNT,
  allow,
  documentOf,
  LAMBDA_TRUST,
  startSimulated,
  trustOf,
} from "../../../support/installation/simulated.ts";

const RoleName = "orders";
const BASIC = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole";

let simulated: Simulated;
let send: Simulated["iam"]["send"];
beforeEach(async () => {
  simulated = await startSimulated((world) => addRole(world, { accountId: ACCOUNT, name: RoleName }));
  send = simulated.iam.send.bind(simulated.iam);
});
afterEach(() => simulated.stop());

function role() {
  return simulated.world.accounts[ACCOUNT]?.iam.roles[RoleName];
}

describe("quotas", () => {
  const filler = (length: number): string => allow("s3:GetObject", `arn:aws:s3:::${"b".repeat(length)}`);

  test("inline policies hold 10,240 characters together, white space not counted", async () => {
    const half = filler(5_120 - filler(0).length);
    await send(new PutRolePolicyCommand({ RoleName, PolicyName: "a", PolicyDocument: half }));
    await send(
      new PutRolePolicyCommand({ RoleName, PolicyName: "b", PolicyDocument: `${half}${" ".repeat(500)}` }),
    );

    const put = send(
      new PutRolePolicyCommand({
        RoleName,
        PolicyName: "b",
        PolicyDocument: filler(5_121 - filler(0).length),
      }),
    );

    await expect(put).rejects.toMatchObject({
      Error: {
        Code: "LimitExceeded",
        Message: `Maximum policy size of 10240 bytes exceeded for role ${RoleName}`,
      },
    });
    expect(role()?.inline["b"]?.trim()).toBe(half);
  });

  test("a trust policy holds 2,048 characters", async () => {
    const trust = (length: number): string =>
      trustOf({ Service: "lambda.amazonaws.com" }, { StringEquals: { "aws:SourceArn": "x".repeat(length) } });
    const spare = 2_048 - trust(0).length;
    await send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: trust(spare) }));

    const update = send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: trust(spare + 1) }));

    await expect(update).rejects.toMatchObject({
      Error: { Code: "LimitExceeded", Message: "Cannot exceed quota for ACLSizePerRole: 2048" },
    });
  });

  test("ten managed policies can be attached, and attaching one again changes nothing", async () => {
    const arns = Array.from({ length: 11 }, (_, index) => `arn:aws:iam::${ACCOUNT}:policy/p${index}`);
    for (const [index] of arns.entries()) {
      await send(new CreatePolicyCommand({ PolicyName: `p${index}`, PolicyDocument: allow("s3:Get*") }));
    }
    for (const PolicyArn of arns.slice(0, 10))
      await send(new AttachRolePolicyCommand({ RoleName, PolicyArn }));
    await send(new AttachRolePolicyCommand({ RoleName, PolicyArn: arns[0] ?? "" }));

    const attach = send(new AttachRolePolicyCommand({ RoleName, PolicyArn: arns[10] ?? "" }));

    await expect(attach).rejects.toMatchObject({
      Error: { Code: "LimitExceeded", Message: "Cannot exceed quota for PoliciesPerRole: 10" },
    });
    expect(role()?.attached).toEqual(arns.slice(0, 10));
  });

  test("a raised quota counts", async () => {
    const { quotas } = simulated.world.accounts[ACCOUNT]?.iam ?? {};
    if (quotas !== undefined) quotas.RolesQuota = 1;

    const create = send(
      new CreateRoleCommand({ RoleName: "second", AssumeRolePolicyDocument: LAMBDA_TRUST }),
    );

    await expect(create).rejects.toMatchObject({
      Error: { Message: "Cannot exceed quota for RolesPerAccount: 1" },
    });
  });
});

describe("a role's policies", () => {
  test("a document that IAM refuses leaves the standing one", async () => {
    await send(new PutRolePolicyCommand({ RoleName, PolicyName: "p", PolicyDocument: allow("s3:Get*") }));

    const put = send(
      new PutRolePolicyCommand({
        RoleName,
        PolicyName: "p",
        PolicyDocument: documentOf({ Effect: "allow" }),
      }),
    );

    await expect(put).rejects.toMatchObject({ Error: { Code: "MalformedPolicyDocument" } });
    expect(role()?.inline).toEqual({ p: allow("s3:Get*") });
  });

  test("names and attachments are listed, and what is not there is named", async () => {
    await send(new PutRolePolicyCommand({ RoleName, PolicyName: "b", PolicyDocument: allow("s3:Get*") }));
    await send(new PutRolePolicyCommand({ RoleName, PolicyName: "a", PolicyDocument: allow("s3:Get*") }));
    await send(new AttachRolePolicyCommand({ RoleName, PolicyArn: BASIC }));

    expect((await send(new ListRolePoliciesCommand({ RoleName }))).PolicyNames).toEqual(["a", "b"]);
    expect((await send(new ListAttachedRolePoliciesCommand({ RoleName }))).AttachedPolicies).toEqual([
      { PolicyName: "AWSLambdaBasicExecutionRole", PolicyArn: BASIC },
    ]);
    await expect(send(new DeleteRolePolicyCommand({ RoleName, PolicyName: "c" }))).rejects.toMatchObject({
      Error: { Code: "NoSuchEntity", Message: "The role policy with name c cannot be found." },
    });
    const other = "arn:aws:iam::aws:policy/AdministratorAccess";
    await expect(send(new DetachRolePolicyCommand({ RoleName, PolicyArn: other }))).rejects.toMatchObject({
      Error: { Code: "NoSuchEntity", Message: `Policy ${other} was not found.` },
    });
  });

  test("an instance profile takes one role and is listed for it", async () => {
    const profile = { InstanceProfileName: "profile" };
    await send(new CreateInstanceProfileCommand(profile));
    await send(new AddRoleToInstanceProfileCommand({ ...profile, RoleName }));

    const listed = await send(new ListInstanceProfilesForRoleCommand({ RoleName }));
    const again = send(new AddRoleToInstanceProfileCommand({ ...profile, RoleName }));

    expect(listed.InstanceProfiles).toMatchObject([
      { InstanceProfileName: "profile", Roles: [{ RoleName }] },
    ]);
    await expect(again).rejects.toMatchObject({ Error: { Code: "LimitExceeded" } });
    const { RoleDetailList } = await send(new GetAccountAuthorizationDetailsCommand({ Filter: ["Role"] }));
    expect(RoleDetailList?.[0]?.InstanceProfileList).toHaveLength(1);
  });
});

describe("the permissions boundary", () => {
  test("it must exist, is replaced by the next, and can be removed once", async () => {
    const missing = `arn:aws:iam::${ACCOUNT}:policy/none`;
    const put = send(new PutRolePermissionsBoundaryCommand({ RoleName, PermissionsBoundary: missing }));
    await expect(put).rejects.toMatchObject({
      Error: { Code: "NoSuchEntity", Message: `Scope ARN: ${missing} does not exist or is not attachable.` },
    });

    await send(new PutRolePermissionsBoundaryCommand({ RoleName, PermissionsBoundary: BASIC }));
    expect(role()?.boundaryArn).toBe(BASIC);
    await send(new DeleteRolePermissionsBoundaryCommand({ RoleName }));

    expect(role()?.boundaryArn).toBeUndefined();
    await expect(send(new DeleteRolePermissionsBoundaryCommand({ RoleName }))).rejects.toMatchObject({
      Error: { Code: "NoSuchEntity" },
    });
  });
});
