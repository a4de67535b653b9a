import {
  AddRoleToInstanceProfileCommand,
  AttachRolePolicyCommand,
  CreateInstanceProfileCommand,
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  GetRoleCommand,
  ListRoleTagsCommand,
  PutRolePolicyCommand,
  RemoveRoleFromInstanceProfileCommand,
  TagRoleCommand,
  UntagRoleCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateRoleCommand,
} from "@aws-sdk/client-iam";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { addRole, addUser } from "../../../../src/simulator/world.ts";
import {
  type Simulated,
  ACCOUNT,
  allow,
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

async function shownTrust(name = RoleName): Promise<unknown> {
  const { Role } = await send(new GetRoleCommand({ RoleName: name }));
  return JSON.parse(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? ""));
}

describe("creating and changing a role", () => {
  test("a name that differs only in case is taken", async () => {
    const create = send(
      new CreateRoleCommand({ RoleName: "ORDERS", AssumeRolePolicyDocument: LAMBDA_TRUST }),
    );

    await expect(create).rejects.toMatchObject({
      Error: { Code: "EntityAlreadyExists", Message: "Role with name ORDERS already exists." },
      $metadata: { httpStatusCode: 409 },
    });
  });

  test.each([
    { input: { RoleName: "a b" }, because: "a name has no blanks" },
    { input: { RoleName: "x".repeat(65) }, because: "a name has at most 64 characters" },
    { input: { Path: "no-slash" }, because: "a path begins and ends with a slash" },
    { input: { MaxSessionDuration: 60 }, because: "a session lasts at least an hour" },
    { input: { Description: "snow ☃" }, because: "a description has no characters beyond Latin-1" },
    { input: { Tags: [{ Key: "a☃", Value: "" }] }, because: "a tag has no symbols" },
  ])("$because", async ({ input }) => {
    const full = { RoleName: "new", AssumeRolePolicyDocument: LAMBDA_TRUST, ...input };

    await expect(send(new CreateRoleCommand(full))).rejects.toMatchObject({ name: "ValidationError" });
    expect(Object.keys(simulated.world.accounts[ACCOUNT]?.iam.roles ?? {})).toEqual([RoleName]);
  });

  test("UpdateRole leaves alone what is not sent", async () => {
    await send(new UpdateRoleCommand({ RoleName, MaxSessionDuration: 7_200, Description: "first" }));

    await send(new UpdateRoleCommand({ RoleName, Description: "second" }));

    const { Role } = await send(new GetRoleCommand({ RoleName }));
    expect(Role).toMatchObject({ MaxSessionDuration: 7_200, Description: "second" });
  });

  test("the last use of a role is the one in the world", async () => {
    const lastUsed = { at: "2026-10-01T12:00:00.000Z", region: "eu-west-1" };
    addRole(simulated.world, { accountId: ACCOUNT, name: "used", lastUsed });

    const { Role } = await send(new GetRoleCommand({ RoleName: "used" }));

    expect(Role?.RoleLastUsed).toEqual({ LastUsedDate: new Date(lastUsed.at), Region: "eu-west-1" });
  });

  test.each(["constructor", "toString"])("%s is a name like any other", async (name) => {
    await expect(send(new GetRoleCommand({ RoleName: name }))).rejects.toMatchObject({
      Error: { Code: "NoSuchEntity" },
    });

    await send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: LAMBDA_TRUST }));

    expect((await send(new GetRoleCommand({ RoleName: name }))).Role).toMatchObject({ RoleName: name });
  });

  test("keys of role tags ignore case and keep the last spelling", async () => {
    await send(
      new TagRoleCommand({
        RoleName,
        Tags: [
          { Key: "Team", Value: "a" },
          { Key: "x", Value: "" },
        ],
      }),
    );
    await send(new TagRoleCommand({ RoleName, Tags: [{ Key: "team", Value: "b" }] }));
    await send(new UntagRoleCommand({ RoleName, TagKeys: ["X"] }));

    const { Tags } = await send(new ListRoleTagsCommand({ RoleName }));

    expect(Tags).toEqual([{ Key: "team", Value: "b" }]);
  });

  test("two tags whose keys differ only in case are refused together", async () => {
    const tags = [
      { Key: "a", Value: "" },
      { Key: "A", Value: "" },
    ];

    await expect(send(new TagRoleCommand({ RoleName, Tags: tags }))).rejects.toMatchObject({
      Error: { Code: "InvalidInput" },
    });
  });

  test("the fifty-first tag is refused", async () => {
    const tags = Array.from({ length: 50 }, (_, index) => ({ Key: `k${index}`, Value: "" }));
    await send(new TagRoleCommand({ RoleName, Tags: tags }));

    const tag = send(new TagRoleCommand({ RoleName, Tags: [{ Key: "one-more", Value: "" }] }));

    await expect(tag).rejects.toMatchObject({ Error: { Code: "LimitExceeded" } });
  });

  test.each([
    { path: "/aws-service-role/x.amazonaws.com/", because: "a service-linked role can't be changed" },
    {
      path: "/aws-reserved/sso.amazonaws.com/",
      because: "a role that Identity Center made can't be changed",
    },
  ])("$because", async ({ path }) => {
    addRole(simulated.world, { accountId: ACCOUNT, name: "protected", path });

    const update = send(new UpdateRoleCommand({ RoleName: "protected", Description: "mine" }));

    await expect(update).rejects.toMatchObject({
      Error: {
        Code: "UnmodifiableEntity",
        Message:
          "Cannot perform the operation on the protected role 'protected' - this role is only modifiable by AWS",
      },
      $metadata: { httpStatusCode: 400 },
    });
  });
});

describe("deleting a role", () => {
  const remove = () => send(new DeleteRoleCommand({ RoleName }));

  test("it is refused while a policy is attached, an inline policy exists or it is in an instance profile", async () => {
    const profile = { InstanceProfileName: "profile" };
    await send(new CreateInstanceProfileCommand(profile));
    await send(new AddRoleToInstanceProfileCommand({ ...profile, RoleName }));
    await send(new AttachRolePolicyCommand({ RoleName, PolicyArn: BASIC }));
    await send(
      new PutRolePolicyCommand({ RoleName, PolicyName: "inline", PolicyDocument: allow("s3:Get*") }),
    );
    const conflict = (message: string) => ({
      Error: { Code: "DeleteConflict", Message: message },
      $metadata: { httpStatusCode: 409 },
    });

    await expect(remove()).rejects.toMatchObject(
      conflict("Cannot delete entity, must remove roles from instance profile first."),
    );
    await send(new RemoveRoleFromInstanceProfileCommand({ ...profile, RoleName }));
    await expect(remove()).rejects.toMatchObject(
      conflict("Cannot delete entity, must detach all policies first."),
    );
    await send(new DetachRolePolicyCommand({ RoleName, PolicyArn: BASIC }));
    await expect(remove()).rejects.toMatchObject(
      conflict("Cannot delete entity, must delete policies first."),
    );
    await send(new DeleteRolePolicyCommand({ RoleName, PolicyName: "inline" }));
    await remove();

    expect(role()).toBeUndefined();
  });

  test("a role created again under the same name has another unique id", async () => {
    const before = role()?.id;
    await remove();

    await send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: LAMBDA_TRUST }));

    expect(role()?.id).not.toBe(before);
  });
});

describe("principals of a trust policy", () => {
  const arn = `arn:aws:iam::${ACCOUNT}:role/deploy/caller`;

  test("a role is shown as its ARN while it exists, and as its unique id after it was deleted, even if it was created again", async () => {
    const caller = addRole(simulated.world, { accountId: ACCOUNT, name: "caller", path: "/deploy/" });
    await send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: trustOf({ AWS: arn }) }));
    expect(await shownTrust()).toEqual(JSON.parse(trustOf({ AWS: arn })));

    await send(new DeleteRoleCommand({ RoleName: "caller" }));
    await send(
      new CreateRoleCommand({ RoleName: "caller", Path: "/deploy/", AssumeRolePolicyDocument: LAMBDA_TRUST }),
    );

    expect(await shownTrust()).toEqual(JSON.parse(trustOf({ AWS: caller.id })));
  });

  test("a principal of another account is found, one that exists nowhere is refused", async () => {
    const user = addUser(simulated.world, ACCOUNT, "ann");
    await send(
      new UpdateAssumeRolePolicyCommand({
        RoleName,
        PolicyDocument: trustOf({ AWS: [user.arn, "444455556666"] }),
      }),
    );

    const put = send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: trustOf({ AWS: arn }) }));

    await expect(put).rejects.toMatchObject({
      Error: { Code: "MalformedPolicyDocument", Message: `Invalid principal in policy: "AWS":"${arn}"` },
      $metadata: { httpStatusCode: 400 },
    });
    expect(await shownTrust()).toEqual(
      JSON.parse(trustOf({ AWS: [user.arn, "arn:aws:iam::444455556666:root"] })),
    );
  });

  test("a dangling id in a trust policy cannot be submitted again", async () => {
    const put = send(
      new UpdateAssumeRolePolicyCommand({
        RoleName,
        PolicyDocument: trustOf({ AWS: "AROAAAAAAAAAAAAAAAAAA" }),
      }),
    );

    await expect(put).rejects.toMatchObject({ Error: { Code: "MalformedPolicyDocument" } });
  });
});
