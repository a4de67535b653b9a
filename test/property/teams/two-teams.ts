import fc from "fast-check";
import { templateText } from "../../support/templates.ts";
import { functionText } from "../../support/manifests.ts";
import { ORDERS, PAYMENTS, teamText } from "../../unit/guard/fences/fenced.ts";

/** The Teams `orders` and `payments`, with disjoint patterns. */
export const TEAMS = {
  "platform/teams.yaml": `${teamText("orders", ORDERS)}---\n${teamText("payments", PAYMENTS)}`,
  "platform/template.yaml": templateText(
    "reader",
    1,
    `  parameters: {table: {}}
  statements: [{reason: x, statement: {Effect: Allow, Action: "dynamodb:GetItem", Resource: "arn:aws:dynamodb:eu-west-1:222222222222:table/\${param.table}"}}]
`,
  ),
};

/** What grants something new needs an approval. */
export const ASKING = {
  "platform/asking.yaml": `apiVersion: grantkeeper.dev/v1alpha1
kind: GuardrailProfile
metadata: {name: asking}
spec: {selector: {namespaces: [orders, payments]}, approval: {for: new-access}}
`,
};

/** All that team orders declares. */
export const OF_ORDERS: Readonly<Record<string, string>> = {
  "teams/orders/orders-api.yaml": functionText(
    "orders-api",
    `  managedPolicies: [reads]
  grants: [{dynamodb: {table: orders-main, allow: [read]}}, {sqs: {queue: orders-jobs, allow: [send]}}]
  invokedBy: [{s3: {bucket: orders-uploads}}]
`,
  ),
  "teams/orders/orders-jobs.yaml": functionText("orders-jobs", "  role: {name: orders-worker}\n"),
  "teams/orders/reads.yaml": policyText("reads", "arn:aws:s3:::orders-files/*"),
};

/** What team orders has in AWS, as a request names it. */
export const ARNS_OF_ORDERS = [
  "arn:aws:lambda:eu-west-1:222222222222:function:orders-api",
  "arn:aws:lambda:eu-west-1:222222222222:function:orders-api:live",
  "arn:aws:dynamodb:eu-west-1:222222222222:table/orders-main",
  "arn:aws:dynamodb:eu-west-1:222222222222:table/orders-main/index/by-day",
  "arn:aws:sqs:eu-west-1:222222222222:orders-jobs",
  "arn:aws:s3:::orders-files",
  "arn:aws:s3:::orders-files/payments-1/x",
  "arn:aws:s3:::orders-files/x:sqs:eu-west-1:222222222222:payments-jobs",
  "arn:aws:logs:eu-west-1:222222222222:log-group:/aws/lambda/orders-api:log-stream:x",
  "arn:aws:secretsmanager:eu-west-1:222222222222:secret:orders-db-a1b2c3",
  "arn:aws:ssm:eu-west-1:222222222222:parameter/orders-api/url",
];

/** Names that mean, contain or resemble those of team orders, and own ones; the last two are look-alikes. */
const NAMES = [
  "payments-api",
  "payments-${region}",
  "payments-orders-api",
  "orders-api",
  "orders-jobs",
  "orders-worker",
  "Orders-API",
  "ORDERS-WORKER",
  "orders-api-eu-west-1",
  "orders-old-eu-west-1",
  "Orders-Api-eu-west-1",
  "orders-${region}",
  "orders-${account.name}",
  "${account.vars.ordersTable}",
  "orders-api:live",
  "orders-main",
  "orders-files",
  "\u043erders-api",
  "payments\u2010api",
];

const RESOURCES = [
  ...ARNS_OF_ORDERS,
  "*",
  "arn:aws:s3:::*",
  "arn:aws:s3:::orders-*",
  "arn:aws:s3:::*/payments-*",
  "arn:aws:s3:::payments-files/*",
  "arn:aws:*:*:*:*payments-*",
  "arn:*:sqs:eu-west-1:222222222222:payments-jobs",
  "arn:aws:dynamodb:*:222222222222:table/?rders-main",
  "arn:aws:dynamodb:*:222222222222:table/payments-*",
  "arn:aws:lambda:eu-west-1:222222222222:function:payments-*",
  "arn:aws:lambda:eu-west-1:222222222222:function:*:live",
  "arn:aws:logs:eu-west-1:222222222222:*:payments-*",
  "arn:aws:s3:::${aws:PrincipalTag/team}-files/*",
  "arn:aws:S3:::orders-files",
];

const name = fc.constantFrom(...NAMES);
const resource = fc.constantFrom(...RESOURCES);
/** A source of any team may start the function, and a Resource may name another one. */
function callerOf(arn: string): string {
  return JSON.stringify({
    Effect: "Allow",
    Principal: { Service: "sns.amazonaws.com" },
    Action: "lambda:InvokeFunction",
    Resource: arn,
    Condition: { ArnLike: { "aws:SourceArn": arn } },
  });
}
function quoted(text: string): string {
  return JSON.stringify(text);
}

const statement = fc
  .record({
    Effect: fc.constantFrom("Allow", "Deny"),
    Action: fc.constantFrom("s3:GetObject", "dynamodb:*", "lambda:InvokeFunction", "sqs:SendMessage", "*"),
    key: fc.constantFrom("Resource", "Resource", "NotResource"),
    resources: fc.array(resource, { minLength: 1, maxLength: 2 }),
  })
  .map(({ key, resources, ...rest }) => JSON.stringify({ ...rest, [key]: resources }));

/** One line below `spec` of a FunctionPermission. */
const FIELDS = {
  function: name.map((text) => `  function: ${quoted(text)}\n`),
  role: fc.oneof(
    { weight: 4, arbitrary: name.map((text) => `  role: {name: ${quoted(text)}}\n`) },
    { weight: 1, arbitrary: fc.constant("  role: {boundary: platform-default}\n") },
  ),
  vpc: fc.constantFrom("  vpc: true\n", "  tracing: true\n"),
  templates: name.map(
    (text) => `  templates: [{template: reader, version: 1, parameters: {table: ${quoted(text)}}}]\n`,
  ),
  targets: fc.constantFrom("  deletionPolicy: delete\n", "  mode: observe\n", '  owner: "orders"\n'),
  grants: fc
    .tuple(
      fc.constantFrom(
        "dynamodb: {table",
        "sqs: {queue",
        "s3: {bucket",
        "lambda: {function",
        "secrets: {secret",
      ),
      name,
      fc.constantFrom("read", "send", "invoke", "write"),
    )
    .map(([grant, text, verb]) => `  grants: [{${grant}: ${quoted(text)}, allow: [${verb}]}}]\n`),
  statements: statement.map((text) => `  statements: [{reason: x, statement: ${text}}]\n`),
  invokedBy: fc.oneof(
    {
      weight: 1,
      arbitrary: resource.map((text) => `  invokedBy: [{reason: x, statement: ${callerOf(text)}}]\n`),
    },
    {
      weight: 3,
      arbitrary: fc
        .tuple(
          fc.constantFrom("s3: {bucket", "sqs: {queue", "lambda: {function"),
          name,
          fc.constantFrom("", ", qualifier: live"),
        )
        .map(([caller, text, more]) => `  invokedBy: [{${caller}: ${quoted(text)}${more}}}]\n`),
    },
  ),
  managedPolicies: fc.constantFrom(
    "  managedPolicies: [reads]\n",
    "  managedPolicies: [orders-reads]\n",
    "  managedPolicies: [orders/reads]\n",
  ),
  logs: name.map((text) => `  logs: {group: ${quoted(`/aws/lambda/${text}`)}}\n`),
} as const;

const severalFields = fc.record(FIELDS, { requiredKeys: [] }).map((fields) => Object.values(fields).join(""));
/** Of many fields at least one is nearly always invalid. */
const oneField = fc.oneof(...Object.values(FIELDS));

const functionOfPayments = fc
  .tuple(fc.oneof(fc.constant("payments-api"), name), fc.oneof(severalFields, oneField))
  .map(([text, fields]) => functionText(quoted(text), fields));

const policyOfPayments = fc
  .tuple(fc.constantFrom("reads", "orders-reads", "Reads", "platform-default"), resource)
  .map(([text, arn]) => policyText(text, arn));

/** A document of a kind that a team may have. */
export const documentOfPayments = fc.oneof(
  { weight: 3, arbitrary: functionOfPayments },
  { weight: 1, arbitrary: policyOfPayments },
);

/** Documents that a team may not have at all, and what is no manifest. */
const ofThePlatform = fc.constantFrom(
  teamText("payments", "accounts: ['*'], functions: ['*'], resources: ['*']"),
  teamText("orders", "accounts: [staging], functions: [x]"),
  profile("orders"),
  waiver("TEN-004"),
  waiver("RES-001"),
  "kind: [",
  "",
  "kind: FunctionPermission\nmetadata: {name: orders-api, namespace: orders}\n",
  functionText("orders-api", "").replace("{name: orders-api}", "{name: orders-api, namespace: orders}"),
);

/** Files of team payments; also where folders look like those of the other team. */
export const filesOfPayments = fc
  .array(
    fc.tuple(
      fc.constantFrom(
        "teams/payments/",
        "teams/payments/orders/",
        "teams/payments/platform/",
        "teams/payments/teams/orders/",
      ),
      fc.oneof({ weight: 8, arbitrary: documentOfPayments }, { weight: 1, arbitrary: ofThePlatform }),
    ),
    { minLength: 1, maxLength: 3 },
  )
  .map((files) => Object.fromEntries(files.map(([folder, text], at) => [`${folder}f${at}.yaml`, text])));

function policyText(policy: string, resourceArn: string): string {
  return `apiVersion: grantkeeper.dev/v1alpha1
kind: ManagedPolicy
metadata: {name: ${policy}}
spec:
  document: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "s3:GetObject", Resource: ${quoted(resourceArn)}}]}
`;
}

function profile(namespace: string): string {
  return `apiVersion: grantkeeper.dev/v1alpha1
kind: GuardrailProfile
metadata: {name: lax}
spec: {selector: {namespaces: [${namespace}]}, rules: {RES-001: "off"}}
`;
}

function waiver(rule: string): string {
  return `apiVersion: grantkeeper.dev/v1alpha1
kind: Waiver
metadata: {name: mine}
spec: {rule: ${rule}, binding: orders/orders-api@prod/eu-west-1, reason: x, owner: dana, until: "2027-01-01T00:00:00Z"}
`;
}
