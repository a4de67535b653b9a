import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  DeletePolicyCommand,
  DeletePolicyVersionCommand,
  GetAccountAuthorizationDetailsCommand,
  GetAccountSummaryCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  IAMClient,
  ListAccountAliasesCommand,
  ListEntitiesForPolicyCommand,
  ListPoliciesCommand,
  ListPolicyTagsCommand,
  ListPolicyVersionsCommand,
  PutRolePermissionsBoundaryCommand,
  SetDefaultPolicyVersionCommand,
  TagPolicyCommand,
  UntagPolicyCommand,
} from "@aws-sdk/client-iam";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { publishAwsManagedVersion } from "../../../../src/simulator/iam/aws-managed.ts";
import { addAccount, addPolicy, addRole } from "../../../../src/simulator/world.ts";
import type { Simulated } from "../../../support/installation/simulated.ts";
import {
  ACCOUNT,
  allow,
  clientConfig,
  credentialsFor,
  documentOf,
  startSimulated,
} from "../../../support/installation/simulated.ts";

const PolicyArn = `arn:aws:iam::${ACCOUNT}:policy/team/shared`;
const BASIC = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole";

let simulated: Simulated;
let send: Simulated["iam"]["send"];
beforeEach(async () => {
  simulated = await startSimulated((world) => {
    addRole(world, { accountId: ACCOUNT, name: "orders" });
    addPolicy(world, {
      accountId: ACCOUNT,
      name: "shared",
      path: "/team/",
      document: allow("s3:Get*"),
      description: "d",
    });
  });
  send = simulated.iam.send.bind(simulated.iam);
});
afterEach(() => simulated.stop());

const addVersion = (action: string, SetAsDefault = false) =>
  send(new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument: allow(action), SetAsDefault }));

async function defaultDocument(arn: string): Promise<string> {
  const { Policy } = await send(new GetPolicyCommand({ PolicyArn: arn }));
  const VersionId = Policy?.DefaultVersionId ?? "";
  const { PolicyVersion } = await send(new GetPolicyVersionCommand({ PolicyArn: arn, VersionId }));
  return decodeURIComponent(PolicyVersion?.Document ?? "");
}

describe("versions of a managed policy", () => {
  test("a new version counts only once it is the default", async () => {
    await addVersion("s3:Put*");
    expect(await defaultDocument(PolicyArn)).toBe(allow("s3:Get*"));

    await send(new SetDefaultPolicyVersionCommand({ PolicyArn, VersionId: "v2" }));

    expect(await defaultDocument(PolicyArn)).toBe(allow("s3:Put*"));
  });

  test("five versions are allowed, the default one cannot be deleted, and ids are not reused", async () => {
    for (const action of ["s3:A*", "s3:B*", "s3:C*", "s3:D*"]) await addVersion(action, true);
    await expect(addVersion("s3:E*")).rejects.toMatchObject({
      Error: {
        Code: "LimitExceeded",
        Message:
          "A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.",
      },
      $metadata: { httpStatusCode: 409 },
    });
    await expect(send(new DeletePolicyVersionCommand({ PolicyArn, VersionId: "v5" }))).rejects.toMatchObject({
      Error: { Code: "DeleteConflict", Message: "Cannot delete the default version of a policy." },
    });
    await send(new DeletePolicyVersionCommand({ PolicyArn, VersionId: "v4" }));

    await addVersion("s3:E*");

    const { Versions } = await send(new ListPolicyVersionsCommand({ PolicyArn }));
    expect(Versions?.map(({ VersionId, IsDefaultVersion }) => [VersionId, IsDefaultVersion])).toEqual([
      ["v6", false],
      ["v5", true],
      ["v3", false],
      ["v2", false],
      ["v1", false],
    ]);
  });

  test("a version that is not there is named", async () => {
    await expect(send(new GetPolicyVersionCommand({ PolicyArn, VersionId: "v9" }))).rejects.toMatchObject({
      Error: {
        Code: "NoSuchEntity",
        Message: `Policy ${PolicyArn} version v9 does not exist or is not attachable.`,
      },
    });
  });

  test("a policy without tags shows an empty list of them in GetPolicy", async () => {
    expect((await send(new GetPolicyCommand({ PolicyArn }))).Policy?.Tags).toEqual([]);
  });

  test("the authorization details carry every version with its document, neither description nor tags", async () => {
    await addVersion("s3:Put*", true);
    await send(new TagPolicyCommand({ PolicyArn, Tags: [{ Key: "a", Value: "b" }] }));

    const { Policies } = await send(
      new GetAccountAuthorizationDetailsCommand({ Filter: ["LocalManagedPolicy"] }),
    );

    expect(Policies).toHaveLength(1);
    expect(Policies?.[0]).toMatchObject({ Arn: PolicyArn, DefaultVersionId: "v2" });
    expect(Policies?.[0]).not.toHaveProperty("Description");
    expect(Policies?.[0]).not.toHaveProperty("Tags");
    const documents = Policies?.[0]?.PolicyVersionList?.map(({ Document }) =>
      decodeURIComponent(Document ?? ""),
    );
    expect(documents).toEqual([allow("s3:Put*"), allow("s3:Get*")]);
  });
});

describe("creating and deleting a managed policy", () => {
  test("a name is unique, independent of its case and path", async () => {
    const create = send(new CreatePolicyCommand({ PolicyName: "SHARED", PolicyDocument: allow("s3:Get*") }));

    await expect(create).rejects.toMatchObject({
      Error: {
        Code: "EntityAlreadyExists",
        Message: "A policy called SHARED already exists. Duplicate names are not allowed.",
      },
    });
  });

  test("a document holds 6,144 characters, white space not counted", async () => {
    const spare = 6_144 - allow("s3:Get*", "").length;
    const fits = `${allow("s3:Get*", `arn:aws:s3:::${"b".repeat(spare - 13)}`)}\n\n`;
    const tooLong = allow("s3:Get*", `arn:aws:s3:::${"b".repeat(spare - 12)}`);
    await send(new CreatePolicyCommand({ PolicyName: "fits", PolicyDocument: fits }));

    const create = send(new CreatePolicyCommand({ PolicyName: "too-long", PolicyDocument: tooLong }));

    await expect(create).rejects.toMatchObject({
      Error: { Code: "LimitExceeded", Message: "Cannot exceed quota for PolicySize: 6144" },
    });
  });

  test("a document without version 2012-10-17 is refused", async () => {
    const PolicyDocument = JSON.stringify({ Statement: [] });

    await expect(send(new CreatePolicyCommand({ PolicyName: "old", PolicyDocument }))).rejects.toMatchObject({
      Error: { Code: "MalformedPolicyDocument" },
    });
  });

  test.each([
    { use: () => send(new AttachRolePolicyCommand({ RoleName: "orders", PolicyArn })), because: "attached" },
    {
      use: () =>
        send(new PutRolePermissionsBoundaryCommand({ RoleName: "orders", PermissionsBoundary: PolicyArn })),
      because: "a boundary",
    },
    { use: () => addVersion("s3:Put*"), because: "one of several versions" },
  ])("a policy is not deleted while it is $because", async ({ use }) => {
    await use();

    await expect(send(new DeletePolicyCommand({ PolicyArn }))).rejects.toMatchObject({
      Error: { Code: "DeleteConflict" },
    });
    expect(simulated.world.accounts[ACCOUNT]?.iam.policies).toHaveProperty([PolicyArn]);
  });

  test("an unused policy is deleted", async () => {
    await send(new DeletePolicyCommand({ PolicyArn }));

    expect(simulated.world.accounts[ACCOUNT]?.iam.policies).toEqual({});
  });
});

describe("reading managed policies", () => {
  test("counts, entities and tags follow use; keys of policy tags mind case", async () => {
    await send(new AttachRolePolicyCommand({ RoleName: "orders", PolicyArn }));
    await send(new PutRolePermissionsBoundaryCommand({ RoleName: "orders", PermissionsBoundary: PolicyArn }));
    await send(
      new TagPolicyCommand({
        PolicyArn,
        Tags: [
          { Key: "a", Value: "1" },
          { Key: "A", Value: "2" },
          { Key: "b", Value: "3" },
        ],
      }),
    );
    await send(new UntagPolicyCommand({ PolicyArn, TagKeys: ["A"] }));

    const { Policy } = await send(new GetPolicyCommand({ PolicyArn }));
    const entities = await send(
      new ListEntitiesForPolicyCommand({ PolicyArn, PolicyUsageFilter: "PermissionsBoundary" }),
    );

    const Tags = [
      { Key: "a", Value: "1" },
      { Key: "b", Value: "3" },
    ];
    expect(Policy).toMatchObject({
      AttachmentCount: 1,
      PermissionsBoundaryUsageCount: 1,
      Description: "d",
      Tags,
    });
    expect((await send(new ListPolicyTagsCommand({ PolicyArn }))).Tags).toEqual(Tags);
    expect(entities.PolicyRoles).toMatchObject([{ RoleName: "orders" }]);
  });

  test.each([
    { input: { Scope: "Local" as const }, names: ["shared"] },
    {
      input: { Scope: "AWS" as const, PathPrefix: "/service-role/" },
      names: ["AWSLambdaBasicExecutionRole", "AWSLambdaVPCAccessExecutionRole"],
    },
    { input: { OnlyAttached: true }, names: ["AWSLambdaBasicExecutionRole"] },
    { input: { PolicyUsageFilter: "PermissionsBoundary" as const }, names: [] },
  ])("ListPolicies with $input shows $names", async ({ input, names }) => {
    await send(new AttachRolePolicyCommand({ RoleName: "orders", PolicyArn: BASIC }));

    const { Policies } = await send(new ListPoliciesCommand(input));

    expect(Policies?.map(({ PolicyName }) => PolicyName)).toEqual(names);
  });

  test("the account's summary gives its real quotas and numbers", async () => {
    const { quotas } = simulated.world.accounts[ACCOUNT]?.iam ?? {};
    if (quotas !== undefined) quotas.AttachedPoliciesPerRoleQuota = 25;

    const { SummaryMap } = await send(new GetAccountSummaryCommand({}));

    expect(SummaryMap).toMatchObject({
      AttachedPoliciesPerRoleQuota: 25,
      RolePolicySizeQuota: 10_240,
      Roles: 1,
      Policies: 1,
      PolicyVersionsInUse: 1,
      PolicyVersionsInUseQuota: 10_000,
      GroupsQuota: 300,
      MFADevices: 0,
    });
    expect((await send(new ListAccountAliasesCommand({}))).AccountAliases).toEqual(["test"]);
  });
});

describe("policies that AWS manages", () => {
  test("a new default version that AWS publishes is visible immediately, and no customer can change the policy", async () => {
    const wider = documentOf({ Effect: "Allow", Action: "logs:*", Resource: "*" });
    publishAwsManagedVersion(simulated.world, "AWSLambdaBasicExecutionRole", wider);

    expect(await defaultDocument(BASIC)).toBe(wider);
    const create = send(new CreatePolicyVersionCommand({ PolicyArn: BASIC, PolicyDocument: allow("*") }));
    await expect(create).rejects.toMatchObject({ name: "AccessDenied", $metadata: { httpStatusCode: 403 } });
  });

  test("another partition shows them under its own ARNs", async () => {
    const { world, simulator } = simulated;
    addAccount(world, { id: "444455556666", partition: "aws-cn", regions: ["cn-north-1"] });
    const china = credentialsFor(world, "arn:aws-cn:iam::444455556666:root");
    const client = new IAMClient(clientConfig(simulator, china, "cn-north-1"));
    const arn = BASIC.replace("arn:aws:", "arn:aws-cn:");

    const { Policy } = await client.send(new GetPolicyCommand({ PolicyArn: arn }));

    expect(Policy?.Arn).toBe(arn);
    await expect(client.send(new GetPolicyCommand({ PolicyArn: BASIC }))).rejects.toMatchObject({
      name: "NoSuchEntityException",
    });
    client.destroy();
  });
});
