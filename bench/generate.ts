/** Text by path, `/` between the parts. */
export type Files = Readonly<Record<string, string>>;

/** An account has at most 1,000 roles, including roles that are not ours, unless its quota was raised. */
const BINDINGS_AN_ACCOUNT = 500;
const FUNCTIONS_A_TEAM = 20;
const REGION = "eu-west-1";

/**
 * Manifests of that many bindings, one function and target each, with the mix of grants and callers of the example
 * repository, under three profiles. The same count gives the same bytes.
 */
export function generate(bindings: number): Files {
  const accounts = Array.from({ length: Math.ceil(bindings / BINDINGS_AN_ACCOUNT) }, (_, at) => at);
  const functions = Array.from({ length: bindings }, (_, at) => functionFile(at));
  return Object.fromEntries([
    ["platform/accounts.yaml", accounts.map(accountText).join("---\n")],
    ["platform/policies.yaml", `${BOUNDARY}---\n${AUDIT_TRAIL}`],
    ["platform/profiles.yaml", PROFILES],
    ...functions,
  ]);
}

/** The same functions in few files, about a kilobyte per function: the largest files that the limits allow. */
export function inLargeFiles(files: Files, count: number): Files {
  const isTeam = ([path]: readonly [string, string]): boolean => path.startsWith("teams/");
  const all = Object.entries(files);
  const texts = all
    .filter(isTeam)
    .map(([, text]) => `${text}#${" ".repeat(Math.max(0, 1_010 - text.length))}\n`);
  const size = Math.ceil(texts.length / count);
  const large = Array.from({ length: count }, (_, at) => [
    `teams/big-${at}/all.yaml`,
    texts.slice(at * size, (at + 1) * size).join("---\n"),
  ]);
  return Object.fromEntries([...all.filter((file) => !isTeam(file)), ...large]) as Files;
}

function accountName(at: number): string {
  return `account-${String(at).padStart(3, "0")}`;
}

function accountText(at: number): string {
  const id = String(100_000_000_000 + at);
  const identity = (name: string): string =>
    `{ role: "arn:aws:iam::${id}:role/grantkeeper-system/${name}", externalId: gk-bench-${id} }`;
  return `apiVersion: grantkeeper.dev/v1alpha1
kind: AwsAccount
metadata: { name: ${accountName(at)} }
spec:
  id: "${id}"
  regions: [${REGION}]
  mode: enforce
  observer: ${identity("observer")}
  writer: ${identity("writer")}
  boundary: platform-default
  tagKeys: [cost-center]
  vars: { table: orders-${id}, bucket: acme-uploads-${id} }
`;
}

/** Allows what the grants need. */
export const BOUNDARY = `apiVersion: grantkeeper.dev/v1alpha1
kind: ManagedPolicy
metadata: { name: platform-default }
spec:
  use: boundary
  description: Ceiling of the roles of Lambda functions
  statements:
    - reason: What functions may ever do
      statement:
        Effect: Allow
        Action: ["aoss:APIAccessAll", "bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream", "cloudwatch:PutMetricData", "dynamodb:*Item", "dynamodb:Describe*", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams", "dynamodb:Query", "dynamodb:Scan", "ec2:AssignPrivateIpAddresses", "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:UnassignPrivateIpAddresses", "events:PutEvents", "kinesis:Describe*", "kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:ListShards", "kinesis:PutRecord*", "kinesis:SubscribeToShard", "kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*", "kms:GetPublicKey", "kms:Sign", "kms:Verify", "lambda:InvokeFunction", "logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents", "rds-db:connect", "s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetBucketLocation", "s3:GetObject", "s3:GetObjectTagging", "s3:GetObjectVersion", "s3:ListBucket", "s3:ListMultipartUploadParts", "s3:PutObject", "s3:PutObjectTagging", "secretsmanager:DescribeSecret", "secretsmanager:GetRandomPassword", "secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue", "secretsmanager:UpdateSecretVersionStage", "sns:Publish", "sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueue*", "sqs:ReceiveMessage", "sqs:SendMessage", "ssm:GetParameter*", "ssm:PutParameter", "states:Describe*", "states:GetExecutionHistory", "states:ListExecutions", "states:SendTask*", "states:StartExecution", "states:StartSyncExecution", "states:StopExecution", "translate:TranslateText", "xray:GetSampling*", "xray:PutTelemetryRecords", "xray:PutTraceSegments"]
        Resource: "*"
    - reason: What no function may ever do
      statement:
        Effect: Deny
        Action: ["dynamodb:DeleteTable", "s3:DeleteBucket", "s3:PutBucketPolicy", "sqs:DeleteQueue"]
        Resource: "*"
`;

const AUDIT_TRAIL = `apiVersion: grantkeeper.dev/v1alpha1
kind: ManagedPolicy
metadata: { name: audit-trail }
spec:
  description: Lets a function write to the company's audit stream
  grants:
    - kinesis: { stream: "arn:\${partition}:kinesis:eu-west-1:\${account.id}:stream/audit-trail", allow: [put] }
`;

/** One applies to every function, one to an account, and one to the functions of a tier. */
const PROFILES = `apiVersion: grantkeeper.dev/v1alpha1
kind: GuardrailProfile
metadata: { name: everywhere }
spec:
  requiredAnnotations: [owner]
  rules: { RES-002: block }
---
apiVersion: grantkeeper.dev/v1alpha1
kind: GuardrailProfile
metadata: { name: production }
spec:
  base: strict
  selector: { accounts: [${accountName(0)}] }
---
apiVersion: grantkeeper.dev/v1alpha1
kind: GuardrailProfile
metadata: { name: first-tier }
spec:
  selector: { labels: { tier: "1" } }
  unwaivable: [RES-001, "ESC-*"]
  maxUntil: 30d
`;

/** A line of YAML for the function with that number, and the percentage of functions that have it. */
interface Part {
  readonly percent: number;
  readonly text: (name: string, team: string) => string;
}

const GRANTS: readonly Part[] = [
  { percent: 45, text: () => 'dynamodb: { table: "${account.vars.table}", allow: [read, write] }' },
  {
    percent: 15,
    text: (name) => `dynamodb: { table: ${name}, allow: [read, write, delete], indexes: [by-day] }`,
  },
  {
    percent: 30,
    text: (name) => `s3: { bucket: "\${account.vars.bucket}", prefix: ${name}/, allow: [read, list] }`,
  },
  {
    percent: 10,
    text: (_, team) =>
      `s3: { bucket: "\${account.vars.bucket}", prefix: ${team}/, allow: [write], kmsKey: alias/${team} }`,
  },
  { percent: 35, text: (name) => `sqs: { queue: ${name}-in, allow: [consume] }` },
  { percent: 20, text: (_, team) => `sqs: { queue: ${team}-out, allow: [send] }` },
  { percent: 15, text: (_, team) => `sns: { topic: ${team}-events, allow: [publish] }` },
  { percent: 15, text: (_, team) => `events: { bus: main, allow: [put], source: [${team}] }` },
  { percent: 25, text: (name) => `secrets: { secret: ${name}/key, allow: [read] }` },
  { percent: 25, text: (_, team) => `ssm: { path: /${team}, allow: [readPath] }` },
  { percent: 8, text: (_, team) => `states: { stateMachine: ${team}, allow: [start] }` },
  { percent: 8, text: (_, team) => `lambda: { function: ${team}-fn-00, allow: [invoke] }` },
  { percent: 5, text: (_, team) => `kinesis: { stream: ${team}, allow: [read] }` },
];

const CALLERS: readonly Part[] = [
  {
    percent: 25,
    text: (name) => `apigateway: { api: a1b2c3d4e5, stage: live, method: POST, path: /${name} }`,
  },
  { percent: 15, text: () => 's3: { bucket: "${account.vars.bucket}" }' },
  { percent: 15, text: (_, team) => `sns: { topic: ${team}-events }` },
  { percent: 15, text: (name) => `events: { rule: ${name} }` },
];

const SETTINGS: readonly Part[] = [
  { percent: 25, text: () => "tracing: true" },
  { percent: 15, text: () => "vpc: true" },
  { percent: 20, text: () => "managedPolicies: [platform/audit-trail]" },
];

function functionFile(at: number): readonly [string, string] {
  const random = randomFrom(at + 1);
  const team = `team-${String(Math.floor(at / FUNCTIONS_A_TEAM)).padStart(4, "0")}`;
  const name = `${team}-fn-${String(at % FUNCTIONS_A_TEAM).padStart(2, "0")}`;
  const chosen = (parts: readonly Part[]): readonly string[] =>
    parts.filter(({ percent }) => random() * 100 < percent).map(({ text }) => text(name, team));
  const [settings, grants, callers] = [chosen(SETTINGS), chosen(GRANTS), chosen(CALLERS)];
  const account = accountName(Math.floor(at / BINDINGS_AN_ACCOUNT));
  const text = `apiVersion: grantkeeper.dev/v1alpha1
kind: FunctionPermission
metadata: { name: ${name}, labels: { tier: "${1 + (at % 3)}" }, annotations: { owner: ${team} } }
spec:
  targets: [{ accounts: [${account}], regions: [${REGION}] }]
  role: { description: "${name} of ${team}", tags: { cost-center: "${4_700 + (at % 50)}" } }
${settings.map((line) => `  ${line}\n`).join("")}${listText("grants", grants)}${listText("invokedBy", callers)}`;
  return [`teams/${team}/${name}.yaml`, text];
}

function listText(field: string, items: readonly string[]): string {
  return items.length === 0 ? "" : `  ${field}:\n${items.map((item) => `    - ${item}\n`).join("")}`;
}

/** Numbers from 0 to 1, always the same for a seed (Mulberry32). */
function randomFrom(seed: number): () => number {
  let state = Math.imul(seed, 0x9e3779b1);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
