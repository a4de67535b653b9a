import { INSTANCE_TAG, OWNER_TAG } from "../../model/aws/tag.ts";
import { adoptedStatements } from "./adopted-roles.ts";
import {
  attachedWithin,
  ourPolicies,
  ourRoles,
  requestTag,
  resourceTag,
  ROLE_CHANGES,
  tagKeysWithin,
  type OwnFacts,
  type OwnStatement,
} from "./facts.ts";

/** `iam:PermissionsBoundary` is the new boundary in calls that set one, and the current boundary in all other calls. */
export function writerStatements(facts: OwnFacts): readonly OwnStatement[] {
  const allowed = [
    ...roleStatements(facts),
    ...tagStatements(facts),
    ...adoptedStatements(facts),
    ...policyStatements(facts),
    ...functionStatements(facts),
  ];
  return [...allowed, ...denials(facts), denyOtherActions(allowed)];
}

function roleStatements(facts: OwnFacts): readonly OwnStatement[] {
  const Resource = ourRoles(facts);
  const insideBoundary = { "iam:PermissionsBoundary": facts.boundaries };
  const owned = { StringEquals: { ...insideBoundary, [resourceTag]: facts.instance } };
  return [
    {
      Sid: "CreateInsideBoundary",
      Effect: "Allow",
      Action: ["iam:CreateRole"],
      Resource,
      Condition: {
        StringEquals: { ...insideBoundary, [requestTag]: facts.instance },
        ...tagKeysWithin([INSTANCE_TAG, OWNER_TAG, ...facts.tagKeys]),
      },
    },
    {
      Sid: "ChangeOwnedRoles",
      Effect: "Allow",
      Action: ["iam:DeleteRole", ...ROLE_CHANGES],
      Resource,
      Condition: owned,
    },
    {
      Sid: "AttachListedPolicies",
      Effect: "Allow",
      Action: ["iam:AttachRolePolicy"],
      Resource,
      Condition: { ...owned, ...attachedWithin(facts) },
    },
  ];
}

function tagStatements(facts: OwnFacts): readonly OwnStatement[] {
  const Resource = [ourRoles(facts), ourPolicies(facts)];
  return [
    {
      // A new object has no tag yet, and a repair restores a removed tag. Both are calls on an object without the
      // tag, and AWS has no condition key that distinguishes them. The tag of another instance is never replaced.
      Sid: "TagAsOurs",
      Effect: "Allow",
      Action: ["iam:TagPolicy", "iam:TagRole"],
      Resource,
      Condition: {
        StringEquals: { [requestTag]: facts.instance },
        StringEqualsIfExists: { [resourceTag]: facts.instance },
        ...tagKeysWithin([INSTANCE_TAG, OWNER_TAG, ...facts.tagKeys]),
      },
    },
    ...tagOwned(facts),
    {
      // Any other tag may be removed, because Git may not declare it; keys of tags ignore case. Of the ownership
      // tags, those of policies stay.
      Sid: "UntagOwned",
      Effect: "Allow",
      Action: ["iam:UntagPolicy", "iam:UntagRole"],
      Resource,
      Condition: {
        StringEquals: { [resourceTag]: facts.instance },
        "ForAllValues:StringNotEqualsIgnoreCase": { "aws:TagKeys": [INSTANCE_TAG, OWNER_TAG] },
        Null: { "aws:TagKeys": "false" },
      },
    },
    {
      // `mode: release`: after it, the writer can no longer change the role.
      Sid: "ReleaseOwned",
      Effect: "Allow",
      Action: ["iam:UntagRole"],
      Resource: ourRoles(facts),
      Condition: {
        StringEquals: { [resourceTag]: facts.instance },
        "ForAllValues:StringEqualsIgnoreCase": { "aws:TagKeys": [INSTANCE_TAG, OWNER_TAG] },
        Null: { "aws:TagKeys": "false" },
      },
    },
  ];
}

function policyStatements(facts: OwnFacts): readonly OwnStatement[] {
  const Resource = ourPolicies(facts);
  const requested = { StringEquals: { [requestTag]: facts.instance } };
  const owned = { StringEquals: { [resourceTag]: facts.instance } };
  return [
    { Sid: "CreatePolicy", Effect: "Allow", Action: ["iam:CreatePolicy"], Resource, Condition: requested },
    {
      Sid: "ChangeOwnedPolicies",
      Effect: "Allow",
      Action: [
        "iam:CreatePolicyVersion",
        "iam:DeletePolicy",
        "iam:DeletePolicyVersion",
        "iam:SetDefaultPolicyVersion",
      ],
      Resource,
      Condition: owned,
    },
  ];
}

/** Manifests declare no tags for policies other than the ownership tags. */
function tagOwned(facts: OwnFacts): readonly OwnStatement[] {
  if (facts.tagKeys.length === 0) return [];
  const Condition = {
    StringEquals: { [resourceTag]: facts.instance },
    ...tagKeysWithin(facts.tagKeys),
    Null: { "aws:TagKeys": "false" },
  };
  return [
    { Sid: "TagOwned", Effect: "Allow", Action: ["iam:TagRole"], Resource: ourRoles(facts), Condition },
  ];
}

/**
 * RemovePermission has no condition on the principal, because public access must be removable. A function of no Team is
 * not listed; IAM refuses a statement without a resource.
 */
function functionStatements(facts: OwnFacts): readonly OwnStatement[] {
  const { functions } = facts;
  if (functions.length === 0) return [];
  return [
    ...addPermission(facts),
    {
      Sid: "RemoveInvokePermission",
      Effect: "Allow",
      Action: ["lambda:RemovePermission"],
      Resource: functions,
    },
  ];
}

/** Exact values are in a statement of their own: in `StringLike` the public `*` would allow every caller. */
function addPermission(facts: OwnFacts): readonly OwnStatement[] {
  const { partition, callers, callerAccounts, functions } = facts;
  const principals = callerAccounts.map((id) => `arn:${partition}:iam::${id}:*`);
  const add = { Effect: "Allow", Action: ["lambda:AddPermission"], Resource: functions } as const;
  const exact = { StringEquals: { "lambda:Principal": callers } };
  const ofAccounts = { StringLike: { "lambda:Principal": principals } };
  return [
    ...(callers.length === 0 ? [] : [{ Sid: "AddInvokePermission", ...add, Condition: exact }]),
    ...(principals.length === 0 ? [] : [{ Sid: "AddRolesOfAccounts", ...add, Condition: ofAccounts }]),
  ];
}

const NEVER_PUBLIC_URL: OwnStatement = {
  Sid: "NeverPublicUrl",
  Effect: "Deny",
  Action: ["lambda:AddPermission"],
  Resource: "*",
  Condition: { StringEquals: { "lambda:FunctionUrlAuthType": "NONE" } },
};

const NEVER_FROM_A_TEMPLATE: OwnStatement = {
  Sid: "NeverFromATemplate",
  Effect: "Deny",
  Action: [
    "iam:AttachRolePolicy",
    "iam:CreateRole",
    "iam:PutRolePermissionsBoundary",
    "iam:PutRolePolicy",
    "iam:TagRole",
  ],
  Resource: "*",
  Condition: { Null: { "iam:RoleTemplateARN": "false" } },
};

function denials(facts: OwnFacts): readonly OwnStatement[] {
  const { partition, accountId, protectedPolicies } = facts;
  const inPath = (path: string): string => `arn:${partition}:iam::${accountId}:${path}/*`;
  return [
    NEVER_PUBLIC_URL,
    {
      Sid: "NeverItselfNorBoundary",
      Effect: "Deny",
      Action: ["iam:*"],
      Resource: [
        inPath("role/grantkeeper-system"),
        inPath("policy/grantkeeper-system"),
        inPath("policy/grantkeeper-boundary"),
        ...ownRolesBelowOurPath(facts),
      ],
    },
    NEVER_FROM_A_TEMPLATE,
    {
      Sid: "NeverLiftQuarantine",
      Effect: "Deny",
      Action: ["iam:DetachRolePolicy"],
      Resource: "*",
      Condition: {
        ArnLike: {
          "iam:PolicyARN": [
            `arn:${partition}:iam::aws:policy/AWSCompromisedKeyQuarantine*`,
            ...protectedPolicies,
          ],
        },
      },
    },
  ];
}

/**
 * A platform may have created Grantkeeper's own roles in the path where the writer creates roles. They have no
 * ownership tag, so without this Deny the writer could tag them.
 */
function ownRolesBelowOurPath(facts: OwnFacts): readonly string[] {
  const below = ourRoles(facts).slice(0, -1);
  return [facts.baseRole, ...facts.roles].filter((arn) => arn.startsWith(below)).sort();
}

/** Denies all actions that no Allow statement names. */
export function denyOtherActions(allowed: readonly OwnStatement[]): OwnStatement {
  const actions = new Set(allowed.flatMap(({ Action = [] }) => Action));
  return { Sid: "Fence", Effect: "Deny", NotAction: [...actions].sort(), Resource: "*" };
}
