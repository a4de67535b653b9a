import { iamGuide, inSpec, lambdaGuide, type RulePage } from "./rule-page.ts";

const BOUNDARIES = iamGuide("access_policies_boundaries.html");
const EXECUTION_ROLE = lambdaGuide("lambda-intro-execution-role.html");

const ONLY_UPLOADS = `apiVersion: grantkeeper.dev/v1alpha1
kind: ManagedPolicy
metadata: { name: platform-default }
spec:
  use: boundary
  document:
    Version: "2012-10-17"
    Statement: [{ Effect: Allow, Action: ["s3:*", "logs:*"], Resource: "*" }]`;

const ELEVEN_POLICIES = [
  "AmazonSQSReadOnlyAccess",
  "AmazonSNSReadOnlyAccess",
  "AmazonS3ReadOnlyAccess",
  "AmazonEC2ReadOnlyAccess",
  "AmazonRDSReadOnlyAccess",
  "AmazonVPCReadOnlyAccess",
  "AmazonSESReadOnlyAccess",
  "AmazonSSMReadOnlyAccess",
  "AWSXrayReadOnlyAccess",
  "IAMReadOnlyAccess",
  "CloudWatchReadOnlyAccess",
];

/** BND-…, TAG-001, SHR-…, SIZ-001, TRU-…: the role itself. */
export const ROLE_PAGES: readonly RulePage[] = [
  {
    id: "BND-001",
    title: "No boundary, or one that is not listed",
    text: "Every role has one of the boundaries that its account lists for its namespace. An account in `enforce` must have one; in `observe` a missing one is a warning.",
    fix: "set `boundary: NAME` in the AwsAccount, or add the name (or the namespace) to its `boundaries`",
    example: {
      form: "account",
      given: null,
      severity: "warn",
      bad: `mode: observe
tagKeys: [cost-center]`,
      good: `mode: observe
tagKeys: [cost-center]
boundary: platform-default`,
    },
    sources: [BOUNDARIES],
  },
  {
    id: "BND-002",
    title: "Outside the boundary",
    text: `A role may do only what its policies _and_ its boundary allow. A grant outside the boundary has no effect, and only the
denied function shows it. A statement that is completely outside is refused; a statement that is partly outside, and
the function's own logs, give a warning. Grantkeeper compares with the declared and the live boundary: a statement
counts as outside only if it is outside both.`,
    fix: "remove the statement; only the boundary's owner can allow it",
    example: inSpec(
      `grants:
  - sqs: { queue: orders-events, allow: [send] }`,
      `grants:
  - s3: { bucket: uploads, allow: [read] }`,
      ONLY_UPLOADS,
    ),
    sources: [BOUNDARIES],
  },
  {
    id: "BND-004",
    title: "A boundary that lets risks through",
    text: `A boundary is the last fence of every function. It lets something through that no function may have on any resource:
an action by which a role gets more permissions, or that changes who may use a resource, or that weakens the account's
defences (the lists of [ESC-…](ESC.md), [CRED-001](CRED-001.md), [EXP-001](EXP-001.md) and [TMP-001](TMP-001.md)). \`iam:PassRole\` and \`sts:AssumeRole\` count on an open \`Resource\`. Actions that are usual on one named resource pass.
It is a warning: a boundary grants nothing, these rules judge every role by themselves, and no team could correct it. A
GuardrailProfile can make it refuse; then the boundary is reported as refused, and its functions go on.`,
    fix: "list the actions that functions call, or deny the others in the boundary",
    example: {
      form: "boundary",
      given: null,
      severity: null,
      bad: `Version: "2012-10-17"
Statement: [{ Effect: Allow, Action: ["s3:*", "logs:*"], Resource: "*" }]`,
      good: `Version: "2012-10-17"
Statement: [{ Effect: Allow, Action: ["s3:GetObject", "s3:PutObject", "logs:PutLogEvents"], Resource: "*" }]`,
    },
    sources: [BOUNDARIES],
  },
  {
    id: "TAG-001",
    title: "A tag that decides",
    text: `A role's tags can grant permissions: policies read them as \`aws:PrincipalTag\`. A key must be in the account's \`tagKeys\`, and
no known policy may read it.`,
    fix: "remove the tag, or ask the platform team to list its key",
    example: inSpec(
      `role:
  tags: { team: orders }`,
      `role:
  description: The orders team's`,
    ),
    sources: [iamGuide("introduction_attribute-based-access-control.html")],
  },
  {
    id: "SHR-001",
    title: "Another function on the role",
    text: "Another function, or a published version of one, runs on this role and would get its permissions.",
    fix: "use one role per function",
    example: {
      form: "live",
      given: null,
      severity: null,
      bad: `functions:
  orders-api: role/grantkeeper/orders-api-eu-west-1
  orders-worker: role/grantkeeper/orders-api-eu-west-1`,
      good: `functions:
  orders-api: role/grantkeeper/orders-api-eu-west-1
  orders-worker: role/grantkeeper/orders-worker-eu-west-1`,
    },
    sources: [EXECUTION_ROLE],
  },
  {
    id: "SHR-002",
    title: "An instance on the role",
    text: "The role is in an instance profile: EC2 instances could run on it.",
    fix: "remove it from the profile, and give the instances another role",
    example: {
      form: "live",
      given: null,
      severity: null,
      bad: `instanceProfiles:
  web: role/grantkeeper/orders-api-eu-west-1`,
      good: `instanceProfiles:
  web: role/web-servers`,
    },
    sources: [iamGuide("id_roles_use_switch-role-ec2_instance-profiles.html")],
  },
  {
    id: "SIZ-001",
    title: "Over a quota of AWS",
    text: `Inline policy 10,240 characters, attached policies 10, managed policy 6,144, resource policy 20,480 for each qualifier,
trust 2,048, role name 64, tags 50. The account's own IAM quotas count if they could be read. From four fifths of a
quota it is a warning.`,
    fix: "split the function, or move statements into a ManagedPolicy",
    example: inSpec(
      `managedPolicies:
${ELEVEN_POLICIES.map((name) => `  - arn:aws:iam::aws:policy/${name}`).join("\n")}`,
      `managedPolicies:
  - arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole`,
    ),
    sources: [iamGuide("reference_iam-quotas.html"), lambdaGuide("gettingstarted-limits.html")],
  },
  {
    id: "TRU-001",
    title: "A principal other than Lambda",
    text: "Grantkeeper always writes the trust policy itself, so this rule checks the compiler.",
    fix: "trust only lambda.amazonaws.com",
    example: {
      form: "trust",
      given: null,
      severity: null,
      bad: trustOf("Service", "ec2.amazonaws.com"),
      good: trustOf("Service", "lambda.amazonaws.com"),
    },
    sources: [EXECUTION_ROLE],
  },
  {
    id: "TRU-002",
    title: "Anyone, or a complete account",
    text: "A role that anyone can assume has no owner. Grantkeeper always writes the trust policy itself, so this rule checks the compiler.",
    fix: "trust only lambda.amazonaws.com",
    example: {
      form: "trust",
      given: null,
      severity: null,
      bad: trustOf("AWS", "arn:aws:iam::222222222222:root"),
      good: trustOf("Service", "lambda.amazonaws.com"),
    },
    sources: [iamGuide("reference_policies_elements_principal.html")],
  },
];

function trustOf(type: "AWS" | "Service", principal: string): string {
  const statement = { Effect: "Allow", Principal: { [type]: principal }, Action: "sts:AssumeRole" };
  return JSON.stringify({ Version: "2012-10-17", Statement: [statement] }, null, 2);
}
