import { describe, expect, test } from "@jest/globals";
import type { Identity } from "../../../src/aws/calls/calls.ts";
import { ownPolicy, ownTrust } from "../../../src/aws/own/policies.ts";
import { accessRequest } from "../../../src/iam/evaluate/request.ts";
import type { ResourcePolicy } from "../../../src/iam/evaluate/evaluate.ts";
import { EXAMPLE, EXAMPLE_KEY } from "../../../tools/pages/permissions.ts";
import { decisionOf, decisionText, policyIn, policyText } from "../../support/policies/own-policies.ts";

const ACCOUNT = EXAMPLE.accountId;
/** With the option of customer managed keys. */
const FACTS = { ...EXAMPLE, functionKeys: [EXAMPLE_KEY] };
const IDENTITIES: readonly Identity[] = ["base", "observer", "writer", "binder"];
const [BOUNDARY = ""] = EXAMPLE.boundaries;
const OURS = `arn:aws:iam::${ACCOUNT}:role/grantkeeper/orders-api-eu-west-1`;
const OUR_POLICY = `arn:aws:iam::${ACCOUNT}:policy/grantkeeper/gk_platform_shared`;
const FUNCTION = `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:orders-api`;
const ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess";
const OWNED = { "aws:ResourceTag/grantkeeper.dev/instance": "prod" };
const INSIDE = { "iam:PermissionsBoundary": BOUNDARY };
const AS_OURS = {
  "aws:RequestTag/grantkeeper.dev/instance": "prod",
  "aws:TagKeys": ["grantkeeper.dev/instance", "grantkeeper.dev/owner"],
};
const OTHER_BOUNDARY = { "iam:PermissionsBoundary": `arn:aws:iam::${ACCOUNT}:policy/mine` };

interface Try {
  readonly because: string;
  readonly by: Identity;
  readonly action: string;
  readonly resource: string;
  readonly context?: Readonly<Record<string, string | readonly string[]>>;
  /** The resource's own policy allows the caller; inside one account that is enough without a Deny. */
  readonly letIn?: true;
  /** The resource's own policy delegates to the account's identity policies, as a key's usually does. */
  readonly delegates?: true;
  readonly answer: string;
}

const NOT_ALLOWED = "not allowed by the identity policy";

/** Attempts with the stolen credentials of one of the identities. */
const THIEF: readonly Try[] = [
  {
    because: "the base cannot assume a role that was not configured",
    by: "base",
    action: "sts:AssumeRole",
    resource: "arn:aws:iam::111122223333:role/admin",
    answer: NOT_ALLOWED,
  },
  {
    because: "the base cannot assume an observer of another account",
    by: "base",
    action: "sts:AssumeRole",
    resource: "arn:aws:iam::666677778888:role/grantkeeper-system/observer",
    answer: NOT_ALLOWED,
  },
  {
    because: "the base reads nothing",
    by: "base",
    action: "iam:ListRoles",
    resource: "*",
    answer: NOT_ALLOWED,
  },
  {
    because: "the observer creates no user",
    by: "observer",
    action: "iam:CreateUser",
    resource: `arn:aws:iam::${ACCOUNT}:user/thief`,
    answer: NOT_ALLOWED,
  },
  {
    because: "the observer changes no role",
    by: "observer",
    action: "iam:PutRolePolicy",
    resource: OURS,
    context: { ...OWNED, ...INSIDE },
    answer: NOT_ALLOWED,
  },
  {
    because: "the observer reads roles, not data",
    by: "observer",
    action: "s3:GetObject",
    resource: "arn:aws:s3:::acme-uploads/orders/1",
    answer: NOT_ALLOWED,
  },
  {
    because: "environment variables stay encrypted, even if the key's policy allows decryption",
    by: "observer",
    action: "kms:Decrypt",
    resource: `arn:aws:kms:eu-west-1:${ACCOUNT}:key/1`,
    letIn: true,
    answer: "denied by NoSecretsNoCode",
  },
  {
    because: "the observer does not get the link to the code",
    by: "observer",
    action: "lambda:GetFunction",
    resource: FUNCTION,
    letIn: true,
    answer: "denied by NoSecretsNoCode",
  },
  {
    because: "an observer assumes no other role",
    by: "observer",
    action: "sts:AssumeRole",
    resource: OURS,
    letIn: true,
    answer: "denied by NoSecretsNoCode",
  },
  {
    because: "users are out of reach",
    by: "writer",
    action: "iam:CreateUser",
    resource: `arn:aws:iam::${ACCOUNT}:user/grantkeeper/thief`,
    answer: "denied by Fence",
  },
  {
    because: "access keys are out of reach",
    by: "writer",
    action: "iam:CreateAccessKey",
    resource: `arn:aws:iam::${ACCOUNT}:user/dana`,
    answer: "denied by Fence",
  },
  {
    because: "a role outside the path is not ours, even with our tags",
    by: "writer",
    action: "iam:AttachRolePolicy",
    resource: `arn:aws:iam::${ACCOUNT}:role/admin`,
    context: { ...OWNED, ...INSIDE, "iam:PolicyARN": OUR_POLICY },
    answer: NOT_ALLOWED,
  },
  {
    because: "AdministratorAccess is not on the list, even for a role of ours",
    by: "writer",
    action: "iam:AttachRolePolicy",
    resource: OURS,
    context: { ...OWNED, ...INSIDE, "iam:PolicyARN": ADMINISTRATOR },
    answer: NOT_ALLOWED,
  },
  {
    because: "a role below the path without our tag is not ours",
    by: "writer",
    action: "iam:PutRolePolicy",
    resource: OURS,
    context: INSIDE,
    answer: NOT_ALLOWED,
  },
  {
    because: "another installation's role is not ours",
    by: "writer",
    action: "iam:PutRolePolicy",
    resource: OURS,
    context: { ...INSIDE, "aws:ResourceTag/grantkeeper.dev/instance": "test" },
    answer: NOT_ALLOWED,
  },
  {
    because: "the tag of another installation on a role is not replaced",
    by: "writer",
    action: "iam:TagRole",
    resource: OURS,
    context: { ...AS_OURS, "aws:ResourceTag/grantkeeper.dev/instance": "test" },
    answer: NOT_ALLOWED,
  },
  {
    because: "the tag of another installation on a policy is not replaced either",
    by: "writer",
    action: "iam:TagPolicy",
    resource: OUR_POLICY,
    context: { ...AS_OURS, "aws:ResourceTag/grantkeeper.dev/instance": "test" },
    answer: NOT_ALLOWED,
  },
  {
    because: "without a boundary a role gets no permissions",
    by: "writer",
    action: "iam:PutRolePolicy",
    resource: OURS,
    context: OWNED,
    answer: NOT_ALLOWED,
  },
  {
    because: "a boundary of the thief's own does not count",
    by: "writer",
    action: "iam:PutRolePermissionsBoundary",
    resource: OURS,
    context: { ...OWNED, ...OTHER_BOUNDARY },
    answer: NOT_ALLOWED,
  },
  {
    because: "a boundary is never removed",
    by: "writer",
    action: "iam:DeleteRolePermissionsBoundary",
    resource: OURS,
    context: { ...OWNED, ...INSIDE },
    answer: "denied by Fence",
  },
  {
    because: "a role without a boundary is not created",
    by: "writer",
    action: "iam:CreateRole",
    resource: OURS,
    context: AS_OURS,
    answer: NOT_ALLOWED,
  },
  {
    because: "a role with a tag that policies may test is not created",
    by: "writer",
    action: "iam:CreateRole",
    resource: OURS,
    context: {
      ...INSIDE,
      ...AS_OURS,
      "aws:RequestTag/admin": "yes",
      "aws:TagKeys": [...AS_OURS["aws:TagKeys"], "admin"],
    },
    answer: NOT_ALLOWED,
  },
  {
    because: "a role outside the path is not created",
    by: "writer",
    action: "iam:CreateRole",
    resource: `arn:aws:iam::${ACCOUNT}:role/admin`,
    context: { ...INSIDE, ...AS_OURS },
    answer: NOT_ALLOWED,
  },
  {
    because: "a role from an AWS template has documents that no condition key tests",
    by: "writer",
    action: "iam:CreateRole",
    resource: OURS,
    context: { ...INSIDE, ...AS_OURS, "iam:RoleTemplateARN": "arn:aws:iam::aws:role-template/x" },
    answer: "denied by NeverFromATemplate",
  },
  {
    because: "a tag that policies may test is not added to a role",
    by: "writer",
    action: "iam:TagRole",
    resource: OURS,
    context: { ...OWNED, "aws:RequestTag/admin": "yes", "aws:TagKeys": ["admin"] },
    answer: NOT_ALLOWED,
  },
  {
    because: "the ownership tags stay, in any spelling",
    by: "writer",
    action: "iam:UntagRole",
    resource: OURS,
    context: { ...OWNED, "aws:TagKeys": ["cost-center", "Grantkeeper.dev/Instance"] },
    answer: NOT_ALLOWED,
  },
  {
    because: "a policy of another owner keeps its versions",
    by: "writer",
    action: "iam:CreatePolicyVersion",
    resource: `arn:aws:iam::${ACCOUNT}:policy/admin`,
    context: OWNED,
    answer: NOT_ALLOWED,
  },
  {
    because: "a policy below the path without our tag keeps its versions",
    by: "writer",
    action: "iam:SetDefaultPolicyVersion",
    resource: OUR_POLICY,
    answer: NOT_ALLOWED,
  },
  {
    because: "the boundary cannot be widened",
    by: "writer",
    action: "iam:CreatePolicyVersion",
    resource: BOUNDARY,
    context: OWNED,
    answer: "denied by NeverItselfNorBoundary",
  },
  {
    because: "the boundary cannot be deleted",
    by: "writer",
    action: "iam:DeletePolicy",
    resource: BOUNDARY,
    context: OWNED,
    answer: "denied by NeverItselfNorBoundary",
  },
  {
    because: "the writer does not change itself",
    by: "writer",
    action: "iam:PutRolePolicy",
    resource: `arn:aws:iam::${ACCOUNT}:role/grantkeeper-system/writer`,
    context: { ...OWNED, ...INSIDE },
    answer: "denied by NeverItselfNorBoundary",
  },
  {
    because: "AWS's quarantine policy is not detached",
    by: "writer",
    action: "iam:DetachRolePolicy",
    resource: OURS,
    context: {
      ...OWNED,
      ...INSIDE,
      "iam:PolicyARN": "arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV3",
    },
    answer: "denied by NeverLiftQuarantine",
  },
  {
    because: "a quarantine policy of the account's security team is not detached",
    by: "writer",
    action: "iam:DetachRolePolicy",
    resource: OURS,
    context: { ...OWNED, ...INSIDE, "iam:PolicyARN": `arn:aws:iam::${ACCOUNT}:policy/security/contain` },
    answer: "denied by NeverLiftQuarantine",
  },
  {
    because: "the writer passes no role",
    by: "writer",
    action: "iam:PassRole",
    resource: OURS,
    context: { "iam:PassedToService": "lambda.amazonaws.com" },
    answer: "denied by Fence",
  },
  {
    because: "the writer assumes none of the roles whose trust it may change",
    by: "writer",
    action: "sts:AssumeRole",
    resource: OURS,
    letIn: true,
    answer: "denied by Fence",
  },
  {
    because: "a function policy that names the writer does not let it change code",
    by: "writer",
    action: "lambda:UpdateFunctionCode",
    resource: FUNCTION,
    letIn: true,
    answer: "denied by Fence",
  },
  {
    because: "a function policy that names the writer does not let it invoke the function",
    by: "writer",
    action: "lambda:InvokeFunction",
    resource: FUNCTION,
    letIn: true,
    answer: "denied by Fence",
  },
  {
    because: "an account that no manifest names gets no permission to invoke",
    by: "writer",
    action: "lambda:AddPermission",
    resource: FUNCTION,
    context: { "lambda:Principal": "666677778888" },
    answer: NOT_ALLOWED,
  },
  {
    because: "no function gets a public URL",
    by: "writer",
    action: "lambda:AddPermission",
    resource: FUNCTION,
    context: { "lambda:Principal": "s3.amazonaws.com", "lambda:FunctionUrlAuthType": "NONE" },
    answer: "denied by NeverPublicUrl",
  },
  {
    because: "functions of other teams are not on the list",
    by: "writer",
    action: "lambda:RemovePermission",
    resource: `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:payments-api`,
    answer: NOT_ALLOWED,
  },
  {
    because: "the writer of roles reads no data",
    by: "writer",
    action: "s3:GetObject",
    resource: "arn:aws:s3:::acme-uploads/orders/1",
    letIn: true,
    answer: "denied by Fence",
  },
  {
    because: "a role outside the path is not passed",
    by: "binder",
    action: "iam:PassRole",
    resource: `arn:aws:iam::${ACCOUNT}:role/admin`,
    context: { "iam:PassedToService": "lambda.amazonaws.com" },
    answer: NOT_ALLOWED,
  },
  {
    because: "a role of ours is not passed to another service",
    by: "binder",
    action: "iam:PassRole",
    resource: OURS,
    context: { "iam:PassedToService": "ec2.amazonaws.com" },
    answer: NOT_ALLOWED,
  },
  {
    because: "a layer is code",
    by: "binder",
    action: "lambda:UpdateFunctionConfiguration",
    resource: FUNCTION,
    context: { "lambda:Layer": "arn:aws:lambda:eu-west-1:666677778888:layer:evil:1" },
    answer: "denied by NoLayer",
  },
  {
    because: "code is out of reach",
    by: "binder",
    action: "lambda:UpdateFunctionCode",
    resource: FUNCTION,
    letIn: true,
    answer: "denied by Fence",
  },
  {
    because: "the key of a function's environment is used by Lambda only",
    by: "binder",
    action: "kms:CreateGrant",
    resource: EXAMPLE_KEY,
    delegates: true,
    answer: NOT_ALLOWED,
  },
  {
    because: "the key of a function's environment is not used through another service",
    by: "binder",
    action: "kms:Encrypt",
    resource: EXAMPLE_KEY,
    context: { "kms:ViaService": "s3.eu-west-1.amazonaws.com" },
    delegates: true,
    answer: NOT_ALLOWED,
  },
  {
    because: "other keys are not on the list",
    by: "binder",
    action: "kms:CreateGrant",
    resource: `arn:aws:kms:eu-west-1:${ACCOUNT}:key/other`,
    context: { "kms:ViaService": "lambda.eu-west-1.amazonaws.com" },
    delegates: true,
    answer: NOT_ALLOWED,
  },
  {
    because: "environment variables are not decrypted with it",
    by: "binder",
    action: "kms:Decrypt",
    resource: EXAMPLE_KEY,
    letIn: true,
    answer: "denied by Fence",
  },
  {
    because: "the binder writes no permissions",
    by: "binder",
    action: "iam:PutRolePolicy",
    resource: OURS,
    context: { ...OWNED, ...INSIDE },
    answer: "denied by Fence",
  },
];

describe("a thief of one of Grantkeeper's identities", () => {
  test.each(THIEF)(
    "is refused: $because ($by, $action)",
    ({ by, action, resource, context, letIn, delegates, answer }) => {
      const request = accessRequest({ caller: callerOf(by), action, resource, ...(context && { context }) });
      const policy = policyIn(ACCOUNT, "identity", policyText(ownPolicy(by, FACTS)));

      const own: ResourcePolicy = delegates === true ? DELEGATING : { kind: "none" };

      const decision = decisionOf(request, policy, letIn === true ? openTo(by) : own);

      expect(decisionText(decision)).toBe(answer);
    },
  );

  test("can use the key itself through Lambda as the binder, if that option is installed", () => {
    const context = { "kms:ViaService": "lambda.eu-west-1.amazonaws.com" };
    const caller = callerOf("binder");
    const request = accessRequest({ caller, action: "kms:CreateGrant", resource: EXAMPLE_KEY, context });
    const decisions = [EXAMPLE, FACTS].map((facts) => {
      const policy = policyIn(ACCOUNT, "identity", policyText(ownPolicy("binder", facts)));
      return decisionText(decisionOf(request, policy, DELEGATING));
    });

    expect(decisions).toEqual(["denied by Fence", expect.stringContaining("KeysOfFunctions")]);
  });

  test("meets every Deny in the policies", () => {
    const denials = IDENTITIES.flatMap((identity) =>
      ownPolicy(identity, EXAMPLE).flatMap(({ Sid, Effect }) =>
        Effect === "Deny" ? [`${identity} ${Sid}`] : [],
      ),
    );
    const met = THIEF.map(({ by, answer }) => `${by} ${answer.replace("denied by ", "")}`);

    expect(denials.filter((denial) => !met.includes(denial))).toEqual([]);
  });

  test("assumes none of them without the external id and a session name of a pass", () => {
    const [roleArn = ""] = EXAMPLE.roles;
    const base = policyIn(ACCOUNT, "identity", policyText(ownPolicy("base", EXAMPLE)));
    const trust = policyIn(ACCOUNT, "trust", policyText(ownTrust(EXAMPLE, "gk-x")));
    const tries = [
      { "sts:ExternalId": "gk-x", "sts:RoleSessionName": "gk-1" },
      { "sts:ExternalId": "gk-y", "sts:RoleSessionName": "gk-1" },
      { "sts:RoleSessionName": "gk-1" },
      { "sts:ExternalId": "gk-x", "sts:RoleSessionName": "me" },
    ].map((context) => {
      const caller = callerOf("base");
      const request = accessRequest({ caller, action: "sts:AssumeRole", resource: roleArn, context });
      return decisionOf(request, base, { kind: "policy", policy: trust }).kind;
    });

    expect(tries).toEqual(["allowed", "denied", "denied", "denied"]);
  });
});

function callerOf(identity: Identity) {
  const base = {
    kind: "role",
    accountId: "999900001111",
    roleArn: EXAMPLE.baseRole,
    sessionArn: null,
  } as const;
  if (identity === "base") return base;
  return {
    kind: "role",
    accountId: ACCOUNT,
    roleArn: `arn:aws:iam::${ACCOUNT}:role/grantkeeper-system/${identity}`,
    sessionArn: `arn:aws:sts::${ACCOUNT}:assumed-role/${identity}/gk-1`,
  } as const;
}

/** Of the resource: its policy delegates to the identity policies of the account. */
const DELEGATING: ResourcePolicy = {
  kind: "policy",
  policy: policyIn(
    ACCOUNT,
    "resource",
    policyText([
      { Effect: "Allow", Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: "kms:*", Resource: "*" },
    ]),
  ),
};

/** Of the resource: its policy names the thief's session and allows everything. */
function openTo(identity: Identity): ResourcePolicy {
  const { sessionArn } = callerOf(identity);
  const statement = { Effect: "Allow", Principal: { AWS: sessionArn }, Action: "*", Resource: "*" };
  return { kind: "policy", policy: policyIn(ACCOUNT, "resource", policyText([statement])) };
}
