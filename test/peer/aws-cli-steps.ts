import { SEEDED_CODE } from "../../src/simulator/lambda/seeded-code.ts";
import { ACCOUNT, allow, LAMBDA_TRUST, trustOf } from "../support/installation/simulated.ts";

/** Service, operation and input of one command. */
export type Step = readonly [
  service:
    | "cloudformation"
    | "cloudtrail"
    | "events"
    | "iam"
    | "lambda"
    | "organizations"
    | "resourcegroupstaggingapi"
    | "sqs"
    | "ssm"
    | "sts",
  operation: string,
  input?: object,
];

const role = { RoleName: "r" };
const policy = { PolicyArn: `arn:aws:iam::${ACCOUNT}:policy/p` };
const profile = { InstanceProfileName: "web" };
const tags = { Tags: [{ Key: "team", Value: "orders" }] };
const untag = { TagKeys: ["team"] };
const fn = { FunctionName: "f" };
const alias = { ...fn, Name: "live" };
const resource = { Resource: `arn:aws:lambda:us-east-1:${ACCOUNT}:function:f` };
const statement = { StatementId: "s", Action: "lambda:InvokeFunction", Principal: "s3.amazonaws.com" };
const trusted = { RoleName: "trusted", AssumeRolePolicyDocument: trustOf({ AWS: ACCOUNT }) };

/** The queue `pushes`, the parameter `/shop/queue` and the stack `shop` with its role have to exist. */
const queue = { QueueUrl: `https://sqs.us-east-1.amazonaws.com/${ACCOUNT}/pushes` };

/** The job of a report that exists. */
export const REPORT = "0a1b2c3d-0000-4000-8000-000000000000";

/** Every operation that is simulated at least once, in an order in which each succeeds. */
export const STEPS: readonly Step[] = [
  ["sts", "GetCallerIdentity"],
  ["organizations", "ListAccounts"],
  ["organizations", "ListAccountsForParent", { ParentId: "r-1234" }],
  ["organizations", "ListOrganizationalUnitsForParent", { ParentId: "r-1234" }],
  ["organizations", "ListParents", { ChildId: ACCOUNT }],
  ["organizations", "ListPoliciesForTarget", { TargetId: ACCOUNT, Filter: "SERVICE_CONTROL_POLICY" }],
  ["organizations", "DescribePolicy", { PolicyId: "p-FullAWSAccess" }],
  ["organizations", "ListTagsForResource", { ResourceId: ACCOUNT }],
  ["cloudformation", "DescribeStackResources", { PhysicalResourceId: "shop-role" }],
  ["cloudformation", "DescribeStackResource", { StackName: "shop", LogicalResourceId: "Role" }],
  ["cloudformation", "ListStackResources", { StackName: "shop" }],
  ["cloudformation", "DescribeStacks", { StackName: "shop" }],
  ["ssm", "GetParameters", { Names: ["/shop/queue", "/shop/other"] }],
  ["events", "ListEventBuses", { Limit: 10 }],
  [
    "events",
    "ListRuleNamesByTarget",
    { TargetArn: `arn:aws:lambda:us-east-1:${ACCOUNT}:function:orders-api`, EventBusName: "default" },
  ],
  [
    "cloudtrail",
    "LookupEvents",
    { LookupAttributes: [{ AttributeKey: "ResourceName", AttributeValue: "r" }] },
  ],
  ["sqs", "SendMessage", { ...queue, MessageBody: "ü & <b>" }],
  ["sqs", "GetQueueAttributes", { ...queue, AttributeNames: ["All"] }],
  ["sqs", "ReceiveMessage", queue],
  // A receipt of no message deletes nothing.
  ["sqs", "DeleteMessageBatch", { ...queue, Entries: [{ Id: "0", ReceiptHandle: "cmVjZWlwdA==" }] }],
  ["iam", "CreateRole", { ...role, AssumeRolePolicyDocument: LAMBDA_TRUST, Description: "ü & <b>" }],
  ["iam", "CreateRole", trusted],
  ["sts", "AssumeRole", { RoleArn: `arn:aws:iam::${ACCOUNT}:role/trusted`, RoleSessionName: "cli" }],
  ["iam", "CreatePolicy", { PolicyName: "p", PolicyDocument: allow("s3:Get*"), Description: "d" }],
  ["iam", "CreatePolicyVersion", { ...policy, PolicyDocument: allow("s3:Put*") }],
  ["iam", "SetDefaultPolicyVersion", { ...policy, VersionId: "v2" }],
  ["iam", "GetPolicyVersion", { ...policy, VersionId: "v2" }],
  ["iam", "ListPolicyVersions", policy],
  ["iam", "DeletePolicyVersion", { ...policy, VersionId: "v1" }],
  ["iam", "TagPolicy", { ...policy, ...tags }],
  ["iam", "GetPolicy", policy],
  ["iam", "ListPolicyTags", policy],
  ["iam", "UntagPolicy", { ...policy, ...untag }],
  ["iam", "ListPolicies", { Scope: "Local" }],
  [
    "iam",
    "PutRolePolicy",
    { ...role, PolicyName: "i", PolicyDocument: allow("s3:Get*", "arn:aws:s3:::ä+%/*") },
  ],
  ["iam", "GetRolePolicy", { ...role, PolicyName: "i" }],
  ["iam", "ListRolePolicies", role],
  ["iam", "AttachRolePolicy", { ...role, ...policy }],
  ["iam", "ListAttachedRolePolicies", role],
  ["iam", "ListEntitiesForPolicy", policy],
  ["iam", "PutRolePermissionsBoundary", { ...role, PermissionsBoundary: policy.PolicyArn }],
  ["iam", "TagRole", { ...role, ...tags }],
  ["iam", "ListRoleTags", role],
  ["iam", "UpdateRole", { ...role, Description: "", MaxSessionDuration: 7_200 }],
  ["iam", "UpdateAssumeRolePolicy", { ...role, PolicyDocument: LAMBDA_TRUST }],
  ["iam", "GetRole", role],
  ["iam", "ListRoles"],
  ["iam", "CreateInstanceProfile", profile],
  ["iam", "AddRoleToInstanceProfile", { ...profile, ...role }],
  ["iam", "GetInstanceProfile", profile],
  ["iam", "ListInstanceProfiles"],
  ["iam", "ListInstanceProfilesForRole", role],
  ["iam", "TagInstanceProfile", { ...profile, ...tags }],
  ["iam", "ListInstanceProfileTags", profile],
  ["iam", "UntagInstanceProfile", { ...profile, ...untag }],
  ["iam", "GetAccountAuthorizationDetails", { Filter: ["Role", "LocalManagedPolicy"] }],
  ["iam", "GetAccountSummary"],
  ["iam", "GenerateServiceLastAccessedDetails", { Arn: `arn:aws:iam::${ACCOUNT}:role/r` }],
  ["iam", "GetServiceLastAccessedDetails", { JobId: REPORT }],
  ["iam", "ListAccountAliases"],
  [
    "lambda",
    "CreateFunction",
    {
      ...fn,
      Role: `arn:aws:iam::${ACCOUNT}:role/r`,
      Runtime: "nodejs22.x",
      Handler: "index.handler",
      Code: { ZipFile: SEEDED_CODE },
      Tags: { team: "orders" },
    },
  ],
  ["lambda", "PublishVersion", fn],
  ["lambda", "CreateAlias", { ...alias, FunctionVersion: "1" }],
  ["lambda", "UpdateAlias", { ...alias, Description: "now" }],
  ["lambda", "GetAlias", alias],
  ["lambda", "ListAliases", fn],
  ["lambda", "AddPermission", { ...fn, ...statement, Qualifier: "live", SourceAccount: ACCOUNT }],
  ["lambda", "GetPolicy", { ...fn, Qualifier: "live" }],
  ["lambda", "RemovePermission", { ...fn, StatementId: "s", Qualifier: "live" }],
  ["lambda", "UpdateFunctionConfiguration", { ...fn, Timeout: 30 }],
  ["lambda", "UpdateFunctionCode", { ...fn, ZipFile: SEEDED_CODE }],
  ["lambda", "GetFunctionConfiguration", fn],
  ["lambda", "GetFunction", fn],
  ["lambda", "ListFunctions", { FunctionVersion: "ALL" }],
  ["lambda", "ListVersionsByFunction", fn],
  ["lambda", "TagResource", { ...resource, Tags: { tier: "1" } }],
  ["lambda", "ListTags", resource],
  [
    "resourcegroupstaggingapi",
    "GetResources",
    { ResourceTypeFilters: ["lambda:function"], TagFilters: [{ Key: "team", Values: ["orders"] }] },
  ],
  ["lambda", "UntagResource", { ...resource, TagKeys: ["tier", "team"] }],
  ["lambda", "CreateFunctionUrlConfig", { ...fn, AuthType: "AWS_IAM" }],
  ["lambda", "ListFunctionUrlConfigs", fn],
  ["lambda", "ListFunctionEventInvokeConfigs", fn],
  ["lambda", "ListEventSourceMappings", fn],
  ["lambda", "DeleteAlias", alias],
  ["lambda", "DeleteFunction", fn],
  ["iam", "RemoveRoleFromInstanceProfile", { ...profile, ...role }],
  ["iam", "DeleteInstanceProfile", profile],
  ["iam", "UntagRole", { ...role, ...untag }],
  ["iam", "DeleteRolePermissionsBoundary", role],
  ["iam", "DetachRolePolicy", { ...role, ...policy }],
  ["iam", "DeleteRolePolicy", { ...role, PolicyName: "i" }],
  ["iam", "DeleteRole", role],
  ["iam", "DeletePolicy", policy],
];
