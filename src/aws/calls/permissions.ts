import type { ApiFamily, AwsCall, Identity } from "./calls.ts";

/** The permissions that one call needs: the source for docs/aws-permissions.md, `doctor` and error messages. */
export interface CallPermission {
  readonly identity: Identity;
  /** Permissions in addition to the one with the name of the call. */
  readonly also: readonly { readonly action: string; readonly resource: string }[];
  /**
   * The resource of the permission; `*` if AWS supports no resource. PARTITION, ACCOUNT and ROLE are placeholders for
   * the values of the account.
   */
  readonly resource: string;
  /** The budget that it uses; null if it has no rate limit. */
  readonly family: ApiFamily | null;
  readonly why: string;
  /**
   * Made only where manifests name stack outputs or parameters, where an account lists roles to take over, or with
   * `aws.lookupEvents`: the identity needs it only there.
   */
  readonly only?: "references" | "adoptable-roles" | "lookup-events";
}

const ROLES = "arn:PARTITION:iam::ACCOUNT:role/*";
const OUR_ROLES = "arn:PARTITION:iam::ACCOUNT:role/grantkeeper/*";
const OUR_POLICIES = "arn:PARTITION:iam::ACCOUNT:policy/grantkeeper/*";
const POLICIES = "arn:PARTITION:iam::*:policy/*";
const STACKS = "arn:PARTITION:cloudformation:*:ACCOUNT:stack/*";
const PARAMETERS = "arn:PARTITION:ssm:*:ACCOUNT:parameter/*";
const FUNCTIONS = "arn:PARTITION:lambda:*:ACCOUNT:function:*";

const read = (family: ApiFamily, resource: string, why: string): CallPermission => {
  return { identity: "observer", also: [], resource, family, why };
};

/** A delegated administrator names them with the account id of the management account. */
const UNITS = "arn:PARTITION:organizations::*:ou/o-*/ou-*";
const ROOTS = "arn:PARTITION:organizations::*:root/o-*/r-*";
const MEMBERS = "arn:PARTITION:organizations::*:account/o-*/*";
const SERVICE_CONTROL = "arn:PARTITION:organizations::*:policy/o-*/service_control_policy/p-*";
const RESOURCE_CONTROL = "arn:PARTITION:organizations::*:policy/o-*/resource_control_policy/p-*";
/** AWS's own have its name in place of an account. */
const AWS_SERVICE_CONTROL = "arn:PARTITION:organizations::aws:policy/service_control_policy/p-*";
const AWS_RESOURCE_CONTROL = "arn:PARTITION:organizations::aws:policy/resource_control_policy/p-*";

const listing = (resource: string, why: string): CallPermission => {
  return { identity: "reader", also: [], resource, family: "organizations", why };
};

const iamWrite = (resource: string, why: string): CallPermission => {
  return { identity: "writer", also: [], resource, family: "iamWrite", why };
};

const lambdaWrite = (why: string): CallPermission => {
  return { identity: "writer", also: [], resource: FUNCTIONS, family: "lambda", why };
};

/** In the account and region that `codecommit.queueUrl` or `changeEvents` names. */
const QUEUES = "arn:PARTITION:sqs:*:ACCOUNT:*";

/** A wait of twenty seconds is no load: it has no budget. */
const queued = (why: string): CallPermission => {
  return { identity: "base", also: [], resource: QUEUES, family: null, why };
};

const PERMISSIONS = {
  "sts:AssumeRole": {
    identity: "base",
    also: [{ action: "sts:TagSession", resource: "arn:PARTITION:iam::ACCOUNT:role/ROLE" }],
    resource: "arn:PARTITION:iam::ACCOUNT:role/ROLE",
    family: null,
    why: "assumes the observer, writer or binder role of an account, or the reader of an organization",
  },
  "iam:GetAccountAuthorizationDetails": read(
    "iamRead",
    "*",
    "sweep: roles and customer-managed policies, 1000 on each page",
  ),
  "iam:ListRoles": read("iamRead", "*", "sweep: description and session length of every role"),
  "iam:GetAccountSummary": read("iamRead", "*", "sweep: the quotas of the account"),
  "iam:GetRole": read("iamRead", ROLES, "fresh read of one role before it is changed"),
  "iam:ListRolePolicies": read("iamRead", ROLES, "fresh read: names of inline policies"),
  "iam:GetRolePolicy": read("iamRead", ROLES, "fresh read: one inline policy"),
  "iam:ListAttachedRolePolicies": read("iamRead", ROLES, "fresh read: attachments"),
  "iam:ListInstanceProfilesForRole": read(
    "iamRead",
    ROLES,
    "fresh read: an instance profile blocks a delete",
  ),
  "iam:GetPolicy": read("iamRead", POLICIES, "tags of our policies, default version of AWS-managed ones"),
  "iam:GetPolicyVersion": read(
    "iamRead",
    POLICIES,
    "documents of attached AWS-managed policies, once for each version",
  ),
  "iam:GenerateServiceLastAccessedDetails": read(
    "iamRead",
    ROLES,
    "optional: `suggest --last-accessed` and `suggest --server` ask for a report of what a role accessed; it changes nothing",
  ),
  "iam:GetServiceLastAccessedDetails": read(
    "iamRead",
    "*",
    "optional: `suggest --last-accessed` and `suggest --server` read that report",
  ),
  "lambda:ListFunctions": read(
    "lambda",
    "*",
    "sweep: functions, their roles and the permissions that the service needs",
  ),
  "lambda:GetFunctionConfiguration": read("lambda", FUNCTIONS, "fresh read of one function"),
  "lambda:GetPolicy": read(
    "lambdaGetPolicy",
    FUNCTIONS,
    "the callers that may invoke the function, by qualifier",
  ),
  "lambda:ListVersionsByFunction": read(
    "lambda",
    FUNCTIONS,
    "published versions: the role that each was published with, and whether it has a policy",
  ),
  "lambda:ListAliases": read("lambda", FUNCTIONS, "which versions an alias sends traffic to"),
  "lambda:ListEventSourceMappings": read(
    "lambda",
    "*",
    "before a role switch: the sources that Lambda polls with the function's role",
  ),
  "lambda:ListFunctionEventInvokeConfigs": read(
    "lambda",
    FUNCTIONS,
    "before a role switch: the destinations that Lambda sends to with the function's role",
  ),
  "tag:GetResources": read(
    "tagging",
    "*",
    "optional: the tags of functions, 100 on each page, which show who deploys a function without a manifest, and the resource that `${tag.…}` names",
  ),
  "events:ListEventBuses": read(
    "events",
    "*",
    "optional: only `import`, where a function lets rules of EventBridge that match a pattern call it: the event buses of the region",
  ),
  "events:ListRuleNamesByTarget": read(
    "events",
    "*",
    "optional: only `import`, as ListEventBuses: the rules of each bus that have the function as a target",
  ),
  "cloudformation:DescribeStackResources": {
    ...read(
      "cloudformation",
      STACKS,
      "optional: only with `adoptableRoles`: the stack that owns a role which is to be taken over in place; an import asks for the roles of all functions",
    ),
    only: "adoptable-roles",
  },
  "cloudtrail:LookupEvents": {
    ...read("cloudtrail", "*", "optional: only with `aws.lookupEvents`: who made a difference"),
    only: "lookup-events",
  },
  "cloudformation:DescribeStacks": {
    ...read("cloudformation", STACKS, "optional: the outputs that `${stack.…}` names, once for each stack"),
    only: "references",
  },
  "ssm:GetParameters": {
    ...read("ssm", PARAMETERS, "optional: the parameters that `${ssm.…}` names, ten in each call"),
    only: "references",
  },
  "organizations:ListAccounts": listing("*", "the accounts of the organization"),
  "organizations:ListAccountsForParent": {
    ...listing(UNITS, "the accounts of one organizational unit"),
    also: [{ action: "organizations:ListAccountsForParent", resource: ROOTS }],
  },
  "organizations:ListOrganizationalUnitsForParent": {
    ...listing(UNITS, "the units below an organizational unit"),
    also: [{ action: "organizations:ListOrganizationalUnitsForParent", resource: ROOTS }],
  },
  "organizations:ListParents": {
    ...listing(MEMBERS, "`doctor`: the units above an account"),
    also: [{ action: "organizations:ListParents", resource: UNITS }],
  },
  "organizations:ListPoliciesForTarget": {
    ...listing(
      MEMBERS,
      "`doctor`: the service and resource control policies of an account and of the units above it",
    ),
    also: [
      { action: "organizations:ListPoliciesForTarget", resource: UNITS },
      { action: "organizations:ListPoliciesForTarget", resource: ROOTS },
    ],
  },
  "organizations:DescribePolicy": {
    ...listing(SERVICE_CONTROL, "`doctor`: which calls a service or resource control policy denies"),
    also: [AWS_SERVICE_CONTROL, RESOURCE_CONTROL, AWS_RESOURCE_CONTROL].map((resource) => ({
      action: "organizations:DescribePolicy",
      resource,
    })),
  },
  "organizations:ListTagsForResource": listing(
    MEMBERS,
    "the tags of an account, if an AccountSet selects by tags",
  ),
  "sqs:ReceiveMessage": queued(
    "pushes to CodeCommit and change events; only with `codecommit.queueUrl` or `changeEvents`",
  ),
  "sqs:DeleteMessage": queued(
    "DeleteMessageBatch: messages that were read; only with `codecommit.queueUrl` or `changeEvents`",
  ),
  "sqs:GetQueueAttributes": queued(
    "`doctor`: the policy of the queue; only with `codecommit.queueUrl` or `changeEvents`",
  ),
  "iam:CreateRole": {
    ...iamWrite(OUR_ROLES, "creates a role with boundary, trust, tags and description in one call"),
    also: [{ action: "iam:TagRole", resource: OUR_ROLES }],
  },
  "iam:UpdateRole": iamWrite(OUR_ROLES, "description and session length"),
  "iam:UpdateAssumeRolePolicy": iamWrite(OUR_ROLES, "trust"),
  "iam:PutRolePolicy": iamWrite(OUR_ROLES, "the grants, as one inline document"),
  "iam:DeleteRolePolicy": iamWrite(OUR_ROLES, "removes inline documents that Git does not declare"),
  "iam:AttachRolePolicy": iamWrite(OUR_ROLES, "attaches managed policies that Git declares"),
  "iam:DetachRolePolicy": iamWrite(OUR_ROLES, "detaches managed policies that Git does not declare"),
  "iam:PutRolePermissionsBoundary": iamWrite(OUR_ROLES, "restores or changes the boundary"),
  "iam:TagRole": iamWrite(OUR_ROLES, "ownership and cost tags"),
  "iam:UntagRole": iamWrite(OUR_ROLES, "removes tags that Git does not declare; `mode: release`"),
  "iam:DeleteRole": iamWrite(
    OUR_ROLES,
    "deletes a role that was removed from Git; optional if nothing is deleted",
  ),
  "iam:CreatePolicy": {
    ...iamWrite(OUR_POLICIES, "creates a customer-managed policy"),
    also: [{ action: "iam:TagPolicy", resource: OUR_POLICIES }],
  },
  "iam:CreatePolicyVersion": iamWrite(OUR_POLICIES, "changes a customer-managed policy"),
  "iam:SetDefaultPolicyVersion": iamWrite(OUR_POLICIES, "makes the changed version the default"),
  "iam:DeletePolicyVersion": iamWrite(OUR_POLICIES, "removes old versions; AWS allows five"),
  "iam:DeletePolicy": iamWrite(OUR_POLICIES, "deletes a policy that was removed from Git"),
  "iam:TagPolicy": iamWrite(OUR_POLICIES, "ownership and cost tags"),
  "iam:UntagPolicy": iamWrite(OUR_POLICIES, "removes tags that Git does not declare"),
  "lambda:AddPermission": lambdaWrite("allows a declared caller to invoke the function"),
  "lambda:RemovePermission": lambdaWrite("removes callers that Git does not declare"),
  "lambda:UpdateFunctionConfiguration": {
    ...lambdaWrite("sets the function's role; only with functionRole: manage"),
    identity: "binder",
    also: [{ action: "iam:PassRole", resource: OUR_ROLES }],
  },
} as const satisfies Record<AwsCall, CallPermission>;

export const AWS_CALLS = Object.keys(PERMISSIONS).sort() as readonly AwsCall[];

export function permissionFor(call: AwsCall): CallPermission {
  return PERMISSIONS[call];
}

/** Every action that an identity needs in any installation, with its resource; sorted, without duplicates. */
export function requiredPermissions(
  identity: Identity,
): readonly { readonly action: string; readonly resource: string }[] {
  const isNeeded = ({ identity: of, only }: CallPermission): boolean => of === identity && only === undefined;
  const needed = AWS_CALLS.filter((call) => isNeeded(permissionFor(call))).flatMap(
    (call): CallPermission["also"] => {
      const { resource, also } = permissionFor(call);
      return [{ action: call, resource }, ...also];
    },
  );
  const byText = new Map(needed.map((each) => [`${each.action} ${each.resource}`, each]));
  return [...byText.keys()].sort().flatMap((text) => byText.get(text) ?? []);
}
