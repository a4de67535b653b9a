import { readFileSync } from "node:fs";
import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  DeletePolicyCommand,
  GetAccountAuthorizationDetailsCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  ListRolesCommand,
  PutRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Simulated } from "../../../support/installation/simulated.ts";
import {
  ACCOUNT,
  allow,
  LAMBDA_TRUST,
  startSimulated,
  trustOf,
} from "../../../support/installation/simulated.ts";

interface Recorded {
  readonly name: string;
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>> | null;
  readonly response: { readonly Error?: { readonly Code: string; readonly Message: string } };
  readonly httpStatus: number;
}

const cases = JSON.parse(
  readFileSync(new URL("../../../fixtures/aws/iam-behaviour.json", import.meta.url), "utf8"),
) as readonly Recorded[];
const runnable = cases.filter(({ input }) => input !== null);

let simulated: Simulated;
beforeAll(async () => {
  simulated = await startSimulated();
  await simulated.iam.send(
    new CreateRoleCommand({ RoleName: "target", AssumeRolePolicyDocument: LAMBDA_TRUST }),
  );
});
afterAll(() => simulated.stop());

/** Each case's input carries what matters only; the rest of the request is filled in here. */
const REQUESTS: Readonly<Record<string, (recorded: Recorded) => Promise<unknown>>> = {
  CreateRole: ({ input }) => {
    const { AssumeRolePolicyDocument: trust, Condition } = input ?? {};
    const document =
      typeof trust === "string" ? trust : trustOf({ Service: "lambda.amazonaws.com" }, withKey(Condition));
    return simulated.iam.send(new CreateRoleCommand({ RoleName: "new", AssumeRolePolicyDocument: document }));
  },
  AttachRolePolicy: ({ input }) => {
    const arn = String(input?.["PolicyArn"]).replace("<name>", "the-bare-name-of-a-policy");
    return simulated.iam.send(new AttachRolePolicyCommand({ RoleName: "target", PolicyArn: arn }));
  },
  DeletePolicy: ({ input }) =>
    simulated.iam.send(new DeletePolicyCommand({ PolicyArn: String(input?.["PolicyArn"]) })),
};

/** The record abbreviates the condition's block; an empty one is accepted with every operator. */
function withKey(condition: unknown): unknown {
  const operators = Object.keys(condition ?? {});
  return Object.fromEntries(operators.map((operator) => [operator, { "aws:SourceAccount": ACCOUNT }]));
}

test("six recorded cases can be run", () => {
  expect(runnable.map(({ name }) => name)).toHaveLength(6);
});

test.each(runnable)("IAM refuses as recorded: $name", async (recorded) => {
  const { Code = "", Message = "" } = recorded.response.Error ?? {};
  const message = Message.replace("<policy-name:1>", "x");

  const refused = REQUESTS[recorded.operation]?.(recorded);

  await expect(refused).rejects.toMatchObject({
    Error: { Code, Message: message, Type: "Sender" },
    $metadata: { httpStatusCode: recorded.httpStatus },
  });
});

describe("recorded shapes", () => {
  const trust = trustOf({ Service: ["ec2.amazonaws.com"], AWS: ACCOUNT });
  const path = "/shapes/";
  const boundary = `arn:aws:iam::${ACCOUNT}:policy/boundary`;

  beforeAll(async () => {
    await simulated.iam.send(new CreatePolicyCommand({ PolicyName: "boundary", PolicyDocument: allow("*") }));
  });

  test("CreateRole echoes the submitted document and has no session length, last use or empty tags", async () => {
    const input = { RoleName: "echo", Path: path, AssumeRolePolicyDocument: trust };

    const { Role } = await simulated.iam.send(new CreateRoleCommand(input));

    expect(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? "")).toBe(trust);
    expect(Object.keys(Role ?? {}).sort()).toEqual(
      ["Arn", "AssumeRolePolicyDocument", "CreateDate", "Path", "RoleId", "RoleName"].sort(),
    );
    expect(Role).toMatchObject({
      Arn: `arn:aws:iam::${ACCOUNT}:role/shapes/echo`,
      RoleId: expect.stringMatching(/^AROA[A-Z2-7]{17}$/),
    });
  });

  test("GetRole shows the account as root ARN, session length, an empty last use, boundary of type Policy and tags", async () => {
    const tags = [{ Key: "test", Value: "value" }];
    const input = {
      RoleName: "read",
      AssumeRolePolicyDocument: trust,
      PermissionsBoundary: boundary,
      Tags: tags,
    };
    await simulated.iam.send(new CreateRoleCommand(input));

    const { Role } = await simulated.iam.send(new GetRoleCommand({ RoleName: "read" }));

    expect(JSON.parse(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? ""))).toMatchObject({
      Statement: [{ Principal: { Service: ["ec2.amazonaws.com"], AWS: `arn:aws:iam::${ACCOUNT}:root` } }],
    });
    expect(Role).toMatchObject({ MaxSessionDuration: 3_600, RoleLastUsed: {}, Tags: tags });
    expect(Role?.PermissionsBoundary).toEqual({
      PermissionsBoundaryType: "Policy",
      PermissionsBoundaryArn: boundary,
    });
  });

  test("ListRoles leaves out tags, boundary and last use; the authorization details leave out description and session length", async () => {
    const tags = [{ Key: "test", Value: "value" }];
    const input = {
      RoleName: "both",
      Path: "/both/",
      Description: "d",
      PermissionsBoundary: boundary,
      Tags: tags,
    };
    await simulated.iam.send(new CreateRoleCommand({ ...input, AssumeRolePolicyDocument: LAMBDA_TRUST }));

    const listed = await simulated.iam.send(new ListRolesCommand({ PathPrefix: "/both/" }));
    const details = await simulated.iam.send(new GetAccountAuthorizationDetailsCommand({ Filter: ["Role"] }));

    const common = ["Path", "RoleName", "RoleId", "Arn", "CreateDate", "AssumeRolePolicyDocument"];
    expect(Object.keys(listed.Roles?.[0] ?? {}).sort()).toEqual(
      [...common, "Description", "MaxSessionDuration"].sort(),
    );
    const detail = details.RoleDetailList?.find(({ RoleName }) => RoleName === "both");
    const only = [
      "InstanceProfileList",
      "RolePolicyList",
      "AttachedManagedPolicies",
      "PermissionsBoundary",
      "Tags",
      "RoleLastUsed",
    ];
    expect(Object.keys(detail ?? {}).sort()).toEqual([...common, ...only].sort());
    expect(detail).toMatchObject({ Tags: tags, PermissionsBoundary: { PermissionsBoundaryType: "Policy" } });
  });

  test("percent-encoded text inside a document survives one decoding", async () => {
    const document = allow(
      "apigateway:PUT",
      "arn:aws:apigateway:us-east-1::/tags/arn%3Aaws%3Aapigateway+(a)!*'",
    );
    const name = { RoleName: "target", PolicyName: "encoded" };
    await simulated.iam.send(new PutRolePolicyCommand({ ...name, PolicyDocument: document }));

    const { PolicyDocument } = await simulated.iam.send(new GetRolePolicyCommand(name));

    expect(PolicyDocument).toMatch(/^[A-Za-z0-9\-._~%]*$/);
    expect(decodeURIComponent(PolicyDocument ?? "")).toBe(document);
  });

  test("CreatePolicy answers counts, default version and no tags when there are none", async () => {
    const { Policy } = await simulated.iam.send(
      new CreatePolicyCommand({ PolicyName: "shape", PolicyDocument: allow("s3:Get*") }),
    );

    const arn = `arn:aws:iam::${ACCOUNT}:policy/shape`;
    expect(Policy).toEqual({
      Arn: arn,
      AttachmentCount: 0,
      CreateDate: expect.any(Date),
      DefaultVersionId: "v1",
      IsAttachable: true,
      Path: "/",
      PermissionsBoundaryUsageCount: 0,
      PolicyId: expect.stringMatching(/^ANPA/),
      PolicyName: "shape",
      UpdateDate: expect.any(Date),
    });
  });
});
