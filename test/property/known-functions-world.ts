import fc from "fast-check";
import { accountText, COMPILE_CONTEXT, functionText, PLATFORM_FILES } from "../support/manifests.ts";
import { readingsOf } from "../support/references.ts";
import { templateText } from "../support/templates.ts";

export type Files = Readonly<Record<string, string>>;

function document(kind: string, name: string, spec: string): string {
  return `apiVersion: grantkeeper.dev/v1alpha1\nkind: ${kind}\nmetadata: {name: ${name}}\nspec: ${spec}\n`;
}

const READS = '  grants: [{dynamodb: {table: "${account.vars.ordersTable}", allow: [read]}}]\n';
const OF_TEAMS = [
  functionText("a"),
  functionText("a", READS),
  functionText("a", `${READS}  mode: observe\n`),
  functionText("b", READS),
  functionText("b", "  function: a\n"),
  functionText("b", "  role: {name: A-eu-west-1}\n"),
  functionText("c", "  managedPolicies: [platform/audit, own]\n"),
  functionText("c", "  templates: [{template: queue, version: 1, parameters: {queue: in}}]\n"),
  functionText("c", "  grants: [{sqs: {queue: in, allow: [send], until: 2026-01-01T00:00:00Z}}]\n"),
  functionText("c", '  grants: [{sqs: {queue: "${ssm./orders/queue}", allow: [send]}}]\n'),
  functionText("d", "  invokedBy: [{sns: {topic: in}}]\n").replace("[prod]", "[prod, dev]"),
  functionText("d", '  invokedBy: [{account: {id: "444444444444"}}]\n').replace("[prod]", "[dev]"),
  functionText("d", "  role: {boundary: platform-wide}\n"),
  functionText("e", "  grants: [{sqs: {queue: in, allow: [sned]}}]\n"),
  `${functionText("f")}---\n${functionText("g", READS)}`,
  document("ManagedPolicy", "own", "{grants: [{s3: {bucket: acme-a, allow: [read]}}]}"),
  document("AwsAccount", "dev", "{}"),
  "spec: {\n",
  "",
];
const OF_PLATFORM = [
  accountText("prod", "222222222222"),
  accountText("prod", "222222222222").replace("orders-prod", "orders-2"),
  accountText("prod", "222222222222").replace("boundary: platform-default", "boundary: platform-wide"),
  accountText("prod", "222222222222").replace("  mode: enforce", "  functionRole: manage\n  mode: observe"),
  accountText("dev", "444444444444"),
  accountText("dev", "444444444444").replace("regions: [eu-west-1, us-east-1]", "regions: [us-east-1]"),
  accountText("dev", "222222222222"),
  `apiVersion: grantkeeper.dev/v1alpha1
kind: AccountSet
metadata: {name: workloads}
spec:
  accounts: [{name: dev, id: "444444444444"}]
  template:
    regions: [eu-west-1]
    observer: {role: "arn:aws:iam::\${account.id}:role/gk/observer", externalId: gk-1}
    boundary: platform-default
    vars: {ordersTable: orders-set}
`,
  PLATFORM_FILES["platform/boundary.yaml"] ?? "",
  document(
    "ManagedPolicy",
    "platform-wide",
    `{use: boundary, document: {Version: "2012-10-17", Statement: []}}`,
  ),
  document("ManagedPolicy", "audit", "{grants: [{s3: {bucket: acme-a, allow: [read]}}]}"),
  document("ManagedPolicy", "audit", "{use: boundary, grants: [{s3: {bucket: acme-a, allow: [read]}}]}"),
  document("ManagedPolicy", "audit", "{grants: [{s3: {bucket: acme-b, allow: [write]}}]}"),
  templateText(
    "queue",
    1,
    '  parameters: {queue: {}}\n  grants: [{sqs: {queue: "${param.queue}", allow: [send]}}]\n',
  ),
  templateText(
    "queue",
    1,
    '  parameters: {queue: {}}\n  grants: [{sqs: {queue: "${param.queue}", allow: [consume]}}]\n',
  ),
  document("Team", "orders", `{accounts: ["*"], functions: ["*"]}`),
  document("Team", "orders", `{accounts: [dev], functions: [a]}`),
  document("GuardrailProfile", "strict", "{rules: {RES-001: block}}"),
  document("GuardrailProfile", "strict", "{rules: {NO-001: block}}"),
  document(
    "Waiver",
    "w",
    "{rule: RES-001, binding: orders/a@prod/eu-west-1, reason: x, owner: dana, until: 2026-12-01T00:00:00Z}",
  ),
  document("Exclusion", "x", "{functions: [legacy-*], reason: x, owner: dana, until: 2026-12-01}"),
  document("FunctionPermission", "z", "{}"),
  "kind: [\n",
  "",
];

const PATHS = {
  teams: [
    "teams/orders/a.yaml",
    "teams/orders/b.yaml",
    "teams/orders/c.yaml",
    "teams/billing/a.yaml",
    "other/a.yaml",
  ],
  platform: [
    "platform/accounts.yaml",
    "platform/a.yaml",
    "platform/b.yaml",
    "platform/c.yaml",
    "platform/d.yaml",
  ],
};

const READINGS = [
  undefined,
  readingsOf({ "ssm./orders/queue": "in" }),
  readingsOf({ "ssm./orders/queue": "out" }),
  readingsOf({ "ssm./orders/queue": null }),
];

export const edit = fc.record({
  file: fc.oneof(
    { weight: 3, arbitrary: fc.tuple(fc.constantFrom(...PATHS.teams), fc.constantFrom(...OF_TEAMS)) },
    { weight: 2, arbitrary: fc.tuple(fc.constantFrom(...PATHS.platform), fc.constantFrom(...OF_PLATFORM)) },
    { weight: 1, arbitrary: fc.tuple(fc.constantFrom(...PATHS.teams), fc.constantFrom(...OF_PLATFORM)) },
    { weight: 1, arbitrary: fc.tuple(fc.constantFrom(...PATHS.platform), fc.constantFrom(...OF_TEAMS)) },
  ),
  readings: fc.constantFrom(...READINGS),
  nowMs: fc.constantFrom(COMPILE_CONTEXT.nowMs, COMPILE_CONTEXT.nowMs - 400 * 86_400_000),
  /** How many compilations ago the known one was. */
  age: fc.nat({ max: 3 }),
});

export const SET = `apiVersion: grantkeeper.dev/v1alpha1
kind: AccountSet
metadata: {name: workloads}
spec:
  accounts: [{name: box, id: "666666666666"}]
  template:
    regions: [eu-west-1]
    observer: {role: "arn:aws:iam::\${account.id}:role/gk/observer", externalId: gk-1}
    boundary: platform-default
    vars: {ordersTable: orders-set}
`;
export const QUEUE = templateText(
  "queue",
  1,
  '  parameters: {queue: {}}\n  grants: [{sqs: {queue: "${param.queue}", allow: [send]}}]\n',
);
export const DEV = accountText("dev", "444444444444");
export const WORLD: Files = {
  ...PLATFORM_FILES,
  "platform/a.yaml": DEV,
  "platform/b.yaml": document("ManagedPolicy", "audit", "{grants: [{s3: {bucket: acme-a, allow: [read]}}]}"),
  "platform/c.yaml": QUEUE,
  "platform/d.yaml": SET,
  "teams/orders/own.yaml": document(
    "ManagedPolicy",
    "own",
    "{grants: [{s3: {bucket: acme-a, allow: [read]}}]}",
  ),
  "teams/orders/a.yaml": functionText("a", READS),
  "teams/orders/dev.yaml": functionText("dev", READS).replace("[prod]", "[dev]"),
  "teams/orders/box.yaml": functionText("box", READS).replace("[prod]", "[box]"),
  "teams/orders/policies.yaml": functionText("policies", "  managedPolicies: [platform/audit, own]\n"),
  "teams/orders/uses.yaml": functionText(
    "uses",
    "  templates: [{template: queue, version: 1, parameters: {queue: in}}]\n",
  ),
};
