import { arnParts } from "../../model/aws/arn.ts";
import type { Statement } from "../../model/aws/policy-document.ts";
import type { Identity } from "../calls/calls.ts";
import { SESSION_TAGS } from "../calls/session-tags.ts";
import { baseStatements } from "./base.ts";
import { ourRoles, type OwnFacts, type OwnStatement } from "./facts.ts";
import { denyOtherActions, writerStatements } from "./writer.ts";

/**
 * The narrowest policy with which an identity can make all its calls. It is limited by path, ownership tag and boundary
 * if AWS has a condition key for them. It denies everything else, because inside one account a resource policy (of a
 * function, or a role's trust policy) can allow a caller that has no such permission itself.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html
 */
export function ownPolicy(identity: Identity, facts: OwnFacts): readonly OwnStatement[] {
  return OWN_POLICIES[identity](facts);
}

const OWN_POLICIES = {
  base: baseStatements,
  observer: observerStatements,
  writer: writerStatements,
  binder: binderStatements,
  reader: readerStatements,
} as const satisfies Record<Identity, (facts: OwnFacts) => readonly OwnStatement[]>;

/**
 * The trust policy of observer, writer and binder: only the base role may assume them, from its organization, with the
 * external id and the session name of a pass. TagSession has a statement of its own, because AWS lists neither the external
 * id nor the session name for it.
 */
export function ownTrust(
  { baseRole, organization }: Pick<OwnFacts, "baseRole" | "organization">,
  externalId: string,
): readonly Statement[] {
  return [
    {
      Sid: "OnlyTheBase",
      Effect: "Allow",
      Principal: { AWS: baseRole },
      Action: "sts:AssumeRole",
      Condition: {
        StringEquals: {
          "sts:ExternalId": externalId,
          ...(organization !== null && { "aws:PrincipalOrgID": organization }),
        },
        StringLike: { "sts:RoleSessionName": "gk-*" },
      },
    },
    {
      Sid: "OnlyOurTags",
      Effect: "Allow",
      Principal: { AWS: baseRole },
      Action: "sts:TagSession",
      Condition: { "ForAllValues:StringEquals": { "aws:TagKeys": Object.values(SESSION_TAGS).sort() } },
    },
  ];
}

/** The ARNs contain the id of the management account, which a delegated administrator is not. */
function readerStatements({ partition }: OwnFacts): readonly OwnStatement[] {
  const resource = (type: string): string => `arn:${partition}:organizations::*:${type}`;
  const allowed: readonly OwnStatement[] = [
    { Sid: "ListTakesNoResource", Effect: "Allow", Action: ["organizations:ListAccounts"], Resource: "*" },
    {
      Sid: "ListUnits",
      Effect: "Allow",
      Action: ["organizations:ListAccountsForParent", "organizations:ListOrganizationalUnitsForParent"],
      Resource: [resource("ou/o-*/ou-*"), resource("root/o-*/r-*")],
    },
    {
      Sid: "ReadTagsOfAccounts",
      Effect: "Allow",
      Action: ["organizations:ListTagsForResource"],
      Resource: resource("account/o-*/*"),
    },
    {
      Sid: "FindUnitsOfAccounts",
      Effect: "Allow",
      Action: ["organizations:ListParents"],
      Resource: [resource("account/o-*/*"), resource("ou/o-*/ou-*")],
    },
    {
      Sid: "FindServiceControl",
      Effect: "Allow",
      Action: ["organizations:ListPoliciesForTarget"],
      Resource: [resource("account/o-*/*"), resource("ou/o-*/ou-*"), resource("root/o-*/r-*")],
    },
    {
      Sid: "ReadServiceControl",
      Effect: "Allow",
      Action: ["organizations:DescribePolicy"],
      Resource: [
        resource("policy/o-*/resource_control_policy/p-*"),
        resource("policy/o-*/service_control_policy/p-*"),
        `arn:${partition}:organizations::aws:policy/resource_control_policy/p-*`,
        `arn:${partition}:organizations::aws:policy/service_control_policy/p-*`,
      ],
    },
  ];
  return [...allowed, denyOtherActions(allowed)];
}

/** Without conditions: AWS has no key that limits reads to the roles and policies of Grantkeeper. */
function observerStatements(facts: OwnFacts): readonly OwnStatement[] {
  const { partition, accountId, adoptable, lookupEvents } = facts;
  const allowed: readonly OwnStatement[] = [
    SWEEP_TAKES_NO_RESOURCE,
    {
      Sid: "ReadRoles",
      Effect: "Allow",
      Action: [
        "iam:GenerateServiceLastAccessedDetails",
        "iam:GetRole",
        "iam:GetRolePolicy",
        "iam:ListAttachedRolePolicies",
        "iam:ListInstanceProfilesForRole",
        "iam:ListRolePolicies",
      ],
      Resource: `arn:${partition}:iam::${accountId}:role/*`,
    },
    {
      Sid: "ReadPolicies",
      Effect: "Allow",
      Action: ["iam:GetPolicy", "iam:GetPolicyVersion"],
      Resource: [`arn:${partition}:iam::${accountId}:policy/*`, `arn:${partition}:iam::aws:policy/*`],
    },
    {
      Sid: "ReadFunctions",
      Effect: "Allow",
      Action: [
        "lambda:GetFunctionConfiguration",
        "lambda:GetPolicy",
        "lambda:ListAliases",
        "lambda:ListFunctionEventInvokeConfigs",
        "lambda:ListVersionsByFunction",
      ],
      Resource: `arn:${partition}:lambda:*:${accountId}:function:*`,
    },
    ...referenceStatements(facts),
  ];
  const reads = [
    ...allowed,
    ...(adoptable.length === 0 ? [] : [OWNING_STACKS]),
    ...(lookupEvents ? [EVENT_HISTORY] : []),
  ];
  return [...reads, NO_SECRETS_NO_CODE, denyOtherActions(reads)];
}

/** No role that a stack owns is taken over. The call names a role and no stack, so that its resource is not known. */
const OWNING_STACKS: OwnStatement = {
  Sid: "StacksOfRoles",
  Effect: "Allow",
  Action: ["cloudformation:DescribeStackResources"],
  Resource: "*",
};

/** AWS supports no resource: the observer can read the entire event history of the account. */
const EVENT_HISTORY: OwnStatement = {
  Sid: "EventHistory",
  Effect: "Allow",
  Action: ["cloudtrail:LookupEvents"],
  Resource: "*",
};

/** Only what manifests may name. An encrypted parameter stays encrypted: the observer may not decrypt. */
function referenceStatements({ stacks, parameters }: OwnFacts): readonly OwnStatement[] {
  const statements: readonly OwnStatement[] = [
    { Sid: "ReadOutputs", Effect: "Allow", Action: ["cloudformation:DescribeStacks"], Resource: stacks },
    { Sid: "ReadParameters", Effect: "Allow", Action: ["ssm:GetParameters"], Resource: parameters },
  ];
  return statements.filter(({ Resource }) => Array.isArray(Resource) && Resource.length > 0);
}

const SWEEP_TAKES_NO_RESOURCE: OwnStatement = {
  Sid: "SweepTakesNoResource",
  Effect: "Allow",
  Action: [
    "events:ListEventBuses",
    "events:ListRuleNamesByTarget",
    "iam:GetAccountAuthorizationDetails",
    "iam:GetAccountSummary",
    "iam:GetServiceLastAccessedDetails",
    "iam:ListRoles",
    "lambda:ListEventSourceMappings",
    "lambda:ListFunctions",
    "tag:GetResources",
  ],
  Resource: "*",
};

/** Without kms:Decrypt, Lambda returns an error object instead of the environment variables. */
const NO_SECRETS_NO_CODE: OwnStatement = {
  Sid: "NoSecretsNoCode",
  Effect: "Deny",
  Action: [
    "kms:Decrypt",
    "lambda:GetFunction",
    "lambda:InvokeFunction",
    "lambda:InvokeFunctionUrl",
    "sts:AssumeRole",
  ],
  Resource: "*",
};

function binderStatements(facts: OwnFacts): readonly OwnStatement[] {
  const setRole: OwnStatement = {
    Sid: "SetRole",
    Effect: "Allow",
    Action: ["lambda:UpdateFunctionConfiguration"],
    Resource: facts.functions,
  };
  const allowed: readonly OwnStatement[] = [
    // IAM refuses a statement without a resource.
    ...(facts.functions.length === 0 ? [] : [setRole]),
    {
      Sid: "PassOurRolesToLambda",
      Effect: "Allow",
      Action: ["iam:PassRole"],
      Resource: ourRoles(facts),
      Condition: { StringEquals: { "iam:PassedToService": "lambda.amazonaws.com" } },
    },
    ...formerRoleStatements(facts),
    ...keyStatements(facts),
  ];
  const noLayer: OwnStatement = {
    Sid: "NoLayer",
    Effect: "Deny",
    Action: ["lambda:UpdateFunctionConfiguration"],
    Resource: "*",
    Condition: { Null: { "lambda:Layer": "false" } },
  };
  return [...allowed, noLayer, denyOtherActions(allowed)];
}

/** Exact ARNs: with a pattern, the holder of the binder could give any function one of these roles. */
function formerRoleStatements({ formerRoles }: OwnFacts): readonly OwnStatement[] {
  if (formerRoles.length === 0) return [];
  return [
    {
      Sid: "PassFormerRolesToLambda",
      Effect: "Allow",
      Action: ["iam:PassRole"],
      Resource: formerRoles,
      Condition: { StringEquals: { "iam:PassedToService": "lambda.amazonaws.com" } },
    },
  ];
}

/**
 * Lambda creates a grant for the new role on the key that encrypts the function's environment, with the permissions of
 * the caller.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html
 */
function keyStatements({ functionKeys }: OwnFacts): readonly OwnStatement[] {
  if (functionKeys.length === 0) return [];
  const regions = new Set(functionKeys.map((arn) => arnParts(arn).region));
  const services = [...regions].sort().map((region) => `lambda.${region}.amazonaws.com`);
  return [
    {
      Sid: "KeysOfFunctions",
      Effect: "Allow",
      Action: ["kms:CreateGrant", "kms:Encrypt"],
      Resource: functionKeys,
      Condition: { StringEquals: { "kms:ViaService": services } },
    },
  ];
}
