import { iamGuide, inSpec, lambdaGuide, type RuleExample, type RulePage } from "./rule-page.ts";

const CROSS_ACCOUNT = iamGuide("reference_policies_evaluation-logic-cross-account.html");
const RESOURCE_BASED = lambdaGuide("access-control-resource-based.html");

const ROLE_CALLS = {
  Effect: "Allow",
  Principal: { AWS: "arn:aws:iam::222222222222:role/deploy" },
  Action: "lambda:InvokeFunction",
  Resource: "arn:aws:lambda:eu-west-1:222222222222:function:orders-api",
};

const SESSION_CALLS = {
  ...ROLE_CALLS,
  Principal: { AWS: "arn:aws:sts::222222222222:assumed-role/deploy/pipeline" },
};

function ruleCalls(rule: string): object {
  const source = `arn:aws:events:eu-west-1:222222222222:rule/${rule}`;
  return {
    ...ROLE_CALLS,
    Principal: { Service: "events.amazonaws.com" },
    Condition: { ArnLike: { "AWS:SourceArn": source } },
  };
}

const FOR_LAMBDA = { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" } };

function trust(actions: readonly string[], more: object = {}): object {
  return { Version: "2012-10-17", Statement: [{ ...FOR_LAMBDA, Action: actions, ...more }] };
}

const REQUIRING = `apiVersion: grantkeeper.dev/v1alpha1
kind: AwsAccount
metadata: { name: prod }
spec:
  id: "222222222222"
  regions: [eu-west-1]
  observer: { role: "arn:aws:iam::222222222222:role/grantkeeper-system/observer", externalId: gk-1 }
  boundary: platform-default
  requireSourceAccount: true`;

interface RuleCase {
  readonly form: RuleExample["form"];
  readonly severity?: RuleExample["severity"];
  readonly bad: object;
  readonly good: object;
}

function inJson({ form, severity = null, bad, good }: RuleCase): RuleExample {
  const text = (value: object): string => JSON.stringify(value, null, 2);
  return { form, given: null, severity, bad: text(bad), good: text(good) };
}

/** The fences that an AwsAccount declares, and the rules about who calls and who assumes that belong to them. */
export const ACCOUNT_FENCE_PAGES: readonly RulePage[] = [
  {
    id: "ATT-001",
    title: "An attached policy that the account does not list",
    text: `A role may have ManagedPolicies of Git, and the AWS-managed policies in \`attachablePolicies\` of its AwsAccount. Without that
field these are the policies that AWS publishes for functions: AWSLambdaBasicExecutionRole, AWSLambdaVPCAccessExecutionRole,
AWSXRayDaemonWriteAccess, AWSLambdaSQSQueueExecutionRole, AWSLambdaKinesisExecutionRole and AWSLambdaDynamoDBExecutionRole. AWS
changes its policies without a review of the team.`,
    fix: "write the grants that the function needs, or ask the platform team to list the policy",
    example: inSpec(
      `managedPolicies: ["arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"]`,
      `grants:
  - s3: { bucket: uploads, allow: [read] }`,
    ),
    sources: [lambdaGuide("permissions-managed-policies.html")],
  },
  {
    id: "BND-003",
    title: "A session as a caller",
    text: `A resource policy that names a session (\`assumed-role/…\`, \`federated-user/…\`) and not its role: the boundary of the role does
not limit what such a statement allows in the same account.`,
    fix: "name the role of the session",
    example: inJson({ form: "caller", bad: [SESSION_CALLS], good: [ROLE_CALLS] }),
    sources: [iamGuide("access_policies_boundaries.html")],
  },
  {
    id: "INV-004",
    title: "A caller outside of the fence",
    text: `Callers belong to the account itself, to one of its \`callerAccounts\`, or to one of its \`organizations\`. It counts what the
statement lets in: its principals, and the conditions that limit them by account, ARN or organization. The source on whose behalf a
service calls is judged in the same way. A principal that names no account is outside. Undeclared callers in AWS are reported as
drift, as before.`,
    fix: "remove the caller, or ask the platform team to add its account or organization to the AwsAccount",
    example: inSpec(
      `invokedBy:
  - account: { id: "999999999999" }`,
      `invokedBy:
  - account: { id: "222222222222", roles: [web] }`,
    ),
    sources: [CROSS_ACCOUNT, RESOURCE_BASED],
  },
  {
    id: "INV-005",
    title: "A source that is a pattern",
    text: `A warning: \`rule/*\` admits every rule of the account, including those that are created later. The stage and route of an API and
the streams of a log group may be patterns. If the pattern leaves the account open and no \`aws:SourceAccount\` names it, the rule
blocks.`,
    fix: "name the resource that calls",
    example: inJson({
      form: "caller",
      severity: "warn",
      bad: [ruleCalls("*")],
      good: [ruleCalls("nightly")],
    }),
    sources: [iamGuide("confused-deputy.html"), RESOURCE_BASED],
  },
  {
    id: "RES-005",
    title: "A resource of another account",
    text: `The account in the ARN of every allowed resource is the account itself or one of its \`resourceAccounts\`; a wildcard or a variable
in its place counts as every account, unless \`aws:ResourceAccount\` limits it. A role of \`assumableRoles\` passes. ARNs without an account, such as those of buckets,
show no owner and pass. The region is not judged: \`regions\` of the AwsAccount are those of its functions, and a function may use
a table or a model of another region.`,
    fix: "name a resource of the account, or ask the platform team to add its owner to `resourceAccounts`",
    example: inSpec(
      `grants:
  - sqs: { queue: "arn:aws:sqs:eu-west-1:999999999999:orders-events", allow: [send] }`,
      `grants:
  - sqs: { queue: orders-events, allow: [send] }`,
    ),
    sources: [CROSS_ACCOUNT],
  },
  {
    id: "TRU-003",
    title: "More than assuming the role",
    text: "A warning: actions such as `sts:TagSession` and `sts:SetSourceIdentity` set session facts that policies may read.",
    fix: "allow `sts:AssumeRole` only",
    example: inJson({
      form: "trust",
      bad: trust(["sts:AssumeRole", "sts:TagSession"]),
      good: trust(["sts:AssumeRole"]),
    }),
    sources: [iamGuide("id_session-tags.html")],
  },
  {
    id: "TRU-004",
    title: "A trust policy that names no source account",
    text: `Only for accounts with \`requireSourceAccount: true\` in their AwsAccount. Grantkeeper then writes \`aws:SourceAccount\`, with the
account itself, into the trust policy of every role of a function: Lambda may assume the role only for a source of this account. The
rule refuses a trust policy without it, in AWS too. \`aws:SourceArn\` with an ARN of the account is as good.

It is off by default. A role can be set only for functions of its own account, so the condition adds little
([prowler #2810](https://github.com/prowler-cloud/prowler/issues/2810)). AWS documents both keys for execution roles. Yet with a
condition on \`aws:SourceArn\`, AWS
[failed to create a function in a VPC](https://github.com/aws/aws-parallelcluster/pull/6926) that Lambda had not used before; once
such a function existed, the condition did no harm. For \`aws:SourceAccount\` there is no such report. So a function that may be in
a VPC has a warning here.

If you set the field, every role of the account changes: \`plan\` shows the trust policy of each, and the limits of the account hold
more of them than a revision may change.`,
    fix: "let Grantkeeper write the trust policy, or add the condition",
    example: {
      ...inJson({
        form: "trust",
        bad: trust(["sts:AssumeRole"]),
        good: trust(["sts:AssumeRole"], {
          Condition: { StringEquals: { "aws:SourceAccount": "222222222222" } },
        }),
      }),
      given: REQUIRING,
    },
    sources: [
      iamGuide("confused-deputy.html"),
      lambdaGuide("permissions-managed-policies.html"),
      "https://github.com/aws/aws-parallelcluster/pull/6926",
    ],
  },
];
