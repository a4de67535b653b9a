import type { Statement } from "../../model/aws/policy-document.ts";
import { INSTANCE_TAG, OWNER_TAG } from "../../model/aws/tag.ts";
import { byText, sortedSet } from "../../text/order.ts";
import { inAnyAccount } from "./base.ts";
import { roleInArn } from "../../model/aws/arn.ts";

/** The principals and roles that a service control policy of one partition names. */
export interface ServiceControlFacts {
  readonly partition: string;
  /** ARNs of Grantkeeper's own roles in all accounts, with the base role. */
  readonly roles: readonly string[];
  readonly writers: readonly string[];
  /** ARN patterns of the roles that may change all this. */
  readonly deployers: readonly string[];
}

/** Every action of IAM that changes a role or a managed policy. */
const ROLE_WRITES = [
  "iam:AttachRolePolicy",
  "iam:CreateRole",
  "iam:DeleteRole",
  "iam:DeleteRolePermissionsBoundary",
  "iam:DeleteRolePolicy",
  "iam:DetachRolePolicy",
  "iam:PutRolePermissionsBoundary",
  "iam:PutRolePolicy",
  "iam:TagRole",
  "iam:UntagRole",
  "iam:UpdateAssumeRolePolicy",
  "iam:UpdateRole",
  "iam:UpdateRoleDescription",
];
const POLICY_WRITES = [
  "iam:CreatePolicy",
  "iam:CreatePolicyVersion",
  "iam:DeletePolicy",
  "iam:DeletePolicyVersion",
  "iam:SetDefaultPolicyVersion",
  "iam:TagPolicy",
  "iam:UntagPolicy",
];
/** Those that set or remove a tag. */
const TAGGING = [
  "iam:CreatePolicy",
  "iam:CreateRole",
  "iam:TagPolicy",
  "iam:TagRole",
  "iam:UntagPolicy",
  "iam:UntagRole",
];

/**
 * Only the deployers change Grantkeeper's own roles and the boundaries, and only a writer sets or removes the ownership
 * tags. Service control policies do not apply to the management account of an organization.
 * @see https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
 */
export function serviceControlStatements(facts: ServiceControlFacts): readonly Statement[] {
  const { deployers, writers } = facts;
  return [
    {
      Sid: "OnlyDeployersChangeGrantkeeper",
      Effect: "Deny",
      Action: [...POLICY_WRITES, ...ROLE_WRITES].sort(byText),
      Resource: protectedObjects(facts),
      Condition: { ArnNotLike: { "aws:PrincipalArn": deployers } },
    },
    {
      // Keys of tags ignore case.
      Sid: "OnlyWritersSetOwnershipTags",
      Effect: "Deny",
      Action: TAGGING,
      Resource: "*",
      Condition: {
        "ForAnyValue:StringEqualsIgnoreCase": { "aws:TagKeys": [INSTANCE_TAG, OWNER_TAG] },
        ArnNotLike: { "aws:PrincipalArn": [...deployers, ...writerPatterns(writers)] },
      },
    },
  ];
}

/**
 * A pattern for the writers of all accounts: only the deployers create roles in this path, and a list of ARNs would exceed the
 * length of a service control policy at some fifty accounts.
 */
function writerPatterns(writers: readonly string[]): readonly string[] {
  return sortedSet(writers.map((arn) => (isSystemRole(arn) ? inAnyAccount(arn) : arn)));
}

function isSystemRole(arn: string): boolean {
  return roleInArn(arn)?.path.startsWith("/grantkeeper-system/") === true;
}

function protectedObjects({ partition, roles }: ServiceControlFacts): readonly string[] {
  const inPath = (path: string): string => `arn:${partition}:iam::*:${path}/*`;
  const own = inPath("role/grantkeeper-system");
  const elsewhere = roles.filter((arn) => !isSystemRole(arn));
  const named = [...new Set(elsewhere)].sort(byText);
  return [inPath("policy/grantkeeper-boundary"), inPath("policy/grantkeeper-system"), own, ...named];
}
