import { describe, expect, test } from "@jest/globals";
import { accountText, compileTexts, diagnosticTexts, functionText } from "../../support/manifests.ts";

const FILE = "teams/orders/a.yaml";

function found(text: string): readonly string[] {
  return diagnosticTexts(compileTexts({ [FILE]: text })).map((line) => line.replace(`${FILE}:`, ""));
}

function ofSpec(spec: string): readonly string[] {
  return found(functionText("a", spec));
}

describe("what is wrong with a document's frame", () => {
  test.each([
    {
      text: "apiVersion: grantkeeper.dev/v1alpha1\nmetadata: {name: a}\n",
      says: "1:1 kind is required → write kind: FunctionPermission or AwsAccount or ManagedPolicy or Waiver",
    },
    {
      text: "kind: 1\n",
      says: "1:7 kind must be text → write kind: FunctionPermission or AwsAccount or ManagedPolicy or Waiver",
    },
    {
      text: "kind: FunctionPermision\n",
      says: '1:1 unknown kind "FunctionPermision" → did you mean "FunctionPermission"? Valid values: FunctionPermission, AwsAccount, ManagedPolicy, Waiver',
    },
    {
      text: "kind: Deployment\n",
      says: '1:1 unknown kind "Deployment" → valid values: FunctionPermission, AwsAccount, ManagedPolicy, Waiver',
    },
    {
      text: "kind: GrantTemplate\n",
      says: "1:1 kind GrantTemplate is not in this version → leave the document out",
    },
    {
      text: "kind: ChangeWindow\n",
      says: "1:1 kind ChangeWindow is not in this version → leave the document out",
    },
    {
      text: "[]\n",
      says: "1:1 kind is required → write kind: FunctionPermission or AwsAccount or ManagedPolicy or Waiver",
    },
    {
      text: functionText("a").replace("v1alpha1", "v1alpha2"),
      says: '1:13 unknown value "grantkeeper.dev/v1alpha2" for apiVersion → write grantkeeper.dev/v1alpha1',
    },
    {
      text: functionText("a").replace("apiVersion: grantkeeper.dev/v1alpha1\n", ""),
      says: "1:1 apiVersion is required → write grantkeeper.dev/v1alpha1",
    },
    {
      text: functionText("a").replace("metadata: {name: a}\n", ""),
      says: "1:1 metadata is required → add it",
    },
    {
      text: functionText("Orders_API"),
      says: '3:18 "Orders_API" is not a name (lower-case letters, digits, - and ., as in RFC 1123) → write orders-api',
    },
    {
      text: functionText("12"),
      says: '3:18 metadata.name: 12 is read as a number, not as text → quote it: "12"',
    },
    {
      text: functionText("a").replace("{name: a}", "{name: a, label: {}}"),
      says: '3:21 unknown field "label" in metadata → did you mean "labels"? Valid values: annotations, labels, name, namespace',
    },
    {
      text: functionText("a").replace("{name: a}", '{name: a, labels: {"a b": x}}'),
      says: '3:37 "a b" is no name for a label → write it like example.com/ticket',
    },
    {
      text: functionText("a").replace("{name: a}", "{name: a, annotations: {x: 1}}"),
      says: '3:38 metadata.annotations.x: 1 is read as a number, not as text → quote it: "1"',
    },
    {
      text: functionText("a").replace("{name: a}", "{name: a, namespace: payments}"),
      says: "3:21 metadata.namespace is payments, the folder's is orders → write orders, or leave it out",
    },
    {
      text: functionText("a").replace("spec:", "spec: 3\nspeck:"),
      says: "4:7 spec must be an object, not number → write its fields: deletionPolicy, function, functionRole, grants, invokedBy, logs, managedPolicies, mode, role, statements, targets, tracing, undeclaredCallers, vpc",
    },
  ])("$says", ({ text, says }) => {
    expect(found(text)).toContain(says);
  });
});

describe("what is wrong with a spec", () => {
  test.each([
    {
      spec: "  grnats: []\n",
      says: '6:3 unknown field "grnats" in spec → did you mean "grants"? Valid values: deletionPolicy, function, functionRole, grants, invokedBy, logs, managedPolicies, mode, role, statements, targets, tracing, undeclaredCallers, vpc',
    },
    {
      spec: "  mode: enfroce\n",
      says: '6:9 unknown value "enfroce" for spec.mode → did you mean "enforce"? Valid values: observe, enforce',
    },
    { spec: "  mode: true\n", says: "6:9 spec.mode must be observe, enforce → write one of them" },
    { spec: "  grants:\n", says: "6:10 spec.grants must be a list, not empty → begin each entry with -" },
    {
      spec: "  grants: {}\n",
      says: "6:11 spec.grants must be a list, not an object → begin each entry with -",
    },
    { spec: "  grants: yes\n", says: "6:11 spec.grants must be a list, not text → write a list: [yes]" },
    {
      spec: "  tracing: [true]\n",
      says: "6:12 spec.tracing must be true or false, not a list → write true or false",
    },
    {
      spec: "  grants: [{}]\n",
      says: "6:12 this entry names no service → one entry is a grant of one service, such as dynamodb: {table: orders, allow: [read]}",
    },
    {
      spec: "  grants: [{sns: {topic: a, allow: [publish]}, sqs: {queue: a, allow: [send]}}]\n",
      says: "6:12 this entry names several: sqs, sns → one entry is a grant of one service, such as dynamodb: {table: orders, allow: [read]}",
    },
    {
      spec: "  grants:\n    - dynamo: {table: orders}\n",
      says: '7:7 unknown grant "dynamo" → did you mean "dynamodb"? Valid values: bedrock, dynamodb, events, kinesis, kms, lambda, metrics, rds, s3, secrets, sns, sqs, ssm, states',
    },
    {
      spec: "  grants:\n    - firehose: {stream: x}\n",
      says: '7:7 "firehose" is not in this version → for another service write under spec.statements {reason: TEXT, statement: {Effect: Allow, Action: [SERVICE:ACTION], Resource: [ARN]}}',
    },
    {
      spec: "  grants: [{dynamodb: {table: orders, allow: [raed]}}]\n",
      says: '6:47 unknown value "raed" for spec.grants[0].dynamodb.allow[0] → did you mean "read"? Valid values: read, scan, write, delete, stream',
    },
    {
      spec: "  grants: [{dynamodb: {table: orders, allow: read}}]\n",
      says: "6:46 spec.grants[0].dynamodb.allow must be a list, not text → write a list: [read]",
    },
    {
      spec: "  grants: [{dynamodb: {table: orders, allow: []}}]\n",
      says: "6:46 the list is empty → name at least one",
    },
    {
      spec: "  grants: [{dynamodb: {table: orders, allow: [read, read]}}]\n",
      says: '6:53 duplicate value "read" → keep one of them',
    },
    {
      spec: "  grants: [{dynamodb: {allow: [read]}}]\n",
      says: "6:23 spec.grants[0].dynamodb.table is required → add it",
    },
    {
      spec: "  grants: [{dynamodb: {table: order*, allow: [read]}}]\n",
      says: '6:31 "order*" is not a DynamoDB table: its name or its full ARN → write one entry for each resource; a pattern is possible under spec.statements',
    },
    {
      spec: '  grants: [{dynamodb: {table: "arn:aws:sqs:eu-west-1:222222222222:x", allow: [read]}}]\n',
      says: '6:31 "arn:aws:sqs:eu-west-1:222222222222:x" is not a DynamoDB table: its name or its full ARN → write it like orders',
    },
    {
      spec: "  grants: [{dynamodb: {table: orders, allow: [scan], leadingKeys: [a]}}]\n",
      says: "6:47 scan reads every key: leadingKeys can't narrow it → leave out leadingKeys or scan",
    },
    {
      spec: "  grants: [{s3: {bucket: uploads, prefix: orders, allow: [read]}}]\n",
      says: '6:43 "orders" is not a prefix that ends with / (orders would also be orders-old/) → write it like orders/',
    },
    {
      spec: "  grants: [{ssm: {allow: [read]}}]\n",
      says: "6:18 ssm takes either parameter or path → write one of them: parameter for read and write, path for readPath",
    },
    {
      spec: "  grants: [{ssm: {path: /a, allow: [read]}}]\n",
      says: "6:37 read needs parameter → write parameter: /a, in an entry of its own",
    },
    {
      spec: "  grants: [{kinesis: {stream: a, consumer: b, allow: [put]}}]\n",
      says: "6:44 a consumer reads: allow has no read → allow: [read], or leave out consumer",
    },
    {
      spec: "  grants: [{lambda: {function: b, allow: [invokeUrl]}}]\n",
      says: "6:43 spec.grants[0].lambda.allow[0]: invokeUrl is not in this version → valid values: invoke",
    },
    {
      spec: '  grants: [{rds: {resourceId: cluster-A1, user: "*", allow: [connect]}}]\n',
      says: '6:49 "*" is not a database user\'s name → write it like orders_app',
    },
    {
      spec: "  grants: [{sns: {topic: a, allow: [publish]}, until: 2026-12-31}]\n",
      says: '6:55 "2026-12-31" is not an instant with a time zone → write ISO 8601 with zone, such as 2027-01-01T00:00:00Z',
    },
    {
      spec: "  grants: [{sns: {topic: a, allow: [publish]}, until: 2026-12-31T00:00:00}]\n",
      says: '6:55 "2026-12-31T00:00:00" is not an instant with a time zone → write ISO 8601 with zone, such as 2027-01-01T00:00:00Z',
    },
    {
      spec: "  grants: [{sns: {topic: a, allow: [publish]}, until: 2027-02-30T00:00:00Z}]\n",
      says: '6:55 "2027-02-30T00:00:00Z" is not an instant with a time zone → write ISO 8601 with zone, such as 2027-01-01T00:00:00Z',
    },
    {
      spec: "  grants: [{sns: {topic: a, allow: [publish]}, until: 2027-02-28T24:00:00Z}]\n",
      says: '6:55 "2027-02-28T24:00:00Z" is not an instant with a time zone → write ISO 8601 with zone, such as 2027-01-01T00:00:00Z',
    },
    {
      spec: "  role: {name: a/b}\n",
      says: '6:16 "a/b" is not a role name → write it like ${function}-${region}',
    },
    {
      spec: "  role: {path: /other/}\n",
      says: '6:16 "/other/" is not a path that begins with /grantkeeper/ and ends with /, without . or .. for a segment → write it like /grantkeeper/orders/',
    },
    {
      spec: "  role: {path: /grantkeeper/../orders/}\n",
      says: '6:16 "/grantkeeper/../orders/" is not a path that begins with /grantkeeper/ and ends with /, without . or .. for a segment → write it like /grantkeeper/orders/',
    },
    {
      spec: "  role: {path: /grantkeeper/orders/./}\n",
      says: '6:16 "/grantkeeper/orders/./" is not a path that begins with /grantkeeper/ and ends with /, without . or .. for a segment → write it like /grantkeeper/orders/',
    },
    {
      spec: "  role: {adopt: reviewed}\n",
      says: "6:17 spec.role.adopt: reviewed is not in this version → valid values: never",
    },
    {
      spec: "  role: {maxSessionDuration: 13h}\n",
      says: '6:30 "13h" is not a duration from 1h to 12h → write a number and one of h, m, s, such as 1h',
    },
    {
      spec: "  role: {tags: {cost-center: 4711}}\n",
      says: '6:30 spec.role.tags.cost-center: 4711 is read as a number, not as text → quote it: "4711"',
    },
    {
      spec: '  role: {tags: {"aws:x": a}}\n',
      says: '6:26 "aws:x" is not a tag key (1 to 128 characters; not aws: or grantkeeper.dev/) → choose another key',
    },
    {
      spec: "  role: {tags: {Team: a, team: b}}\n",
      says: "6:32 the tag team differs from another only in case: IAM takes them for one → keep one of them",
    },
    {
      spec: "  logs: true\n",
      says: "6:9 spec.logs has the wrong form → write false, or an object of group, create",
    },
    {
      spec: "  logs: 012\n",
      says: "6:9 spec.logs has the wrong form → write false, or an object of group, create",
    },
    {
      spec: "  logs: {groups: x}\n",
      says: '6:10 unknown field "groups" in spec.logs → did you mean "group"? Valid values: create, group',
    },
    {
      spec: "  managedPolicies: [orders_x]\n",
      says: '6:21 "orders_x" is not a ManagedPolicy\'s name, platform/NAME, or the ARN of an AWS-managed policy → write it like audit-read',
    },
    { spec: "  breakGlass: {}\n", says: '6:3 "breakGlass" is not in this version → leave it out' },
    {
      spec: '  function: "a\\"b"\n',
      says: '6:13 "a\\"b" is not a Lambda function\'s name → write it like orders-api',
    },
    {
      spec: `  function: ${"x".repeat(200)}\n`,
      says: `6:13 "${"x".repeat(77)}…" is not a Lambda function's name → write it like orders-api`,
    },
  ])("$says", ({ spec, says }) => {
    expect(ofSpec(spec)).toContain(says);
  });

  test.each([
    { text: "  targets: []\n", says: "the list is empty → name at least one" },
    {
      text: "  targets: [{accounts: [1], regions: [eu-west-1]}]\n",
      says: 'spec.targets[0].accounts[0]: 1 is read as a number, not as text → quote it: "1"',
    },
    {
      text: "  targets: [{accounts: [prod], regions: [eu-west-9x]}]\n",
      says: '"eu-west-9x" is not an AWS region → write eu-west-9',
    },
    {
      text: "  targets: [{accounts: [prdo], regions: [eu-west-1]}]\n",
      says: 'unknown account "prdo" → did you mean "prod"? Otherwise declare an AwsAccount of that name in the platform\'s folder',
    },
    {
      text: "  targets: [{accounts: [prod], regions: [eu-west-2]}]\n",
      says: "eu-west-2 is no region of account prod, did you mean eu-west-1? → it has: eu-west-1, us-east-1",
    },
    {
      text: "  targets: [{accounts: [prod], regions: [eu-west-1]}, {accounts: [prod], regions: [eu-west-1]}]\n",
      says: "duplicate target: account prod, region eu-west-1 → keep one of them",
    },
  ])("targets: $says", ({ text, says }) => {
    const manifest = functionText("a").replace(/ {2}targets: .*\n/, text);

    expect(found(manifest).map((line) => line.replace(/^\d+:\d+ /, ""))).toContain(says);
  });
});

test("a role takes 48 tags beside the marks of ownership", () => {
  const tags = (count: number): string =>
    Array.from({ length: count }, (_, index) => `k${index}: v`).join(", ");

  expect(ofSpec(`  role: {tags: {${tags(48)}}}\n`)).toEqual([]);
  expect(ofSpec(`  role: {tags: {${tags(49)}}}\n`)).toEqual([
    "6:16 49 tags: a role can have 48, and the two of Grantkeeper → remove some",
  ]);
});

describe("what is wrong with invokedBy", () => {
  test.each([
    {
      entry: "{sqs: {queue: a}}",
      says: "6:16 sqs does not call a function by itself → Lambda polls the queue with the function's role: under grants, write sqs: {queue: NAME, allow: [consume]}",
    },
    {
      entry: "{dynamodb: {table: a}}",
      says: "6:16 dynamodb does not call a function by itself → Lambda polls the stream with the function's role: under grants, write dynamodb: {table: NAME, allow: [stream]}",
    },
    {
      entry: "{scheduler: {}}",
      says: "6:16 scheduler does not call a function by itself → the schedule's own role calls the function: give that role lambda:InvokeFunction",
    },
    {
      entry: "{s3: {bucket: uploads}, until: 2027-01-01T00:00:00Z}",
      says: "6:39 until is not possible under invokedBy: lambda:AddPermission takes no such condition → leave it out",
    },
    {
      entry: "{apigatway: {}}",
      says: '6:16 unknown caller "apigatway" → did you mean "apigateway"? Valid values: account, apigateway, cognito, events, functionUrl, iot, logs, organization, s3, sns',
    },
    {
      entry: "{qualifier: live}",
      says: "6:15 this entry names no service → one entry is a caller of one service, such as s3: {bucket: uploads}",
    },
    {
      entry: "{sns: {topic: a}, qualifier: $LATEST}",
      says: '6:44 "$LATEST" is not an alias or a version (not $LATEST: that is the unqualified function) → write it like live',
    },
    {
      entry: "{functionUrl: {authType: iam}, qualifier: '12'}",
      says: "6:57 functionUrl belongs to an alias, and 12 is a version → write an alias",
    },
    {
      entry: '{functionUrl: {authType: none, account: "222222222222"}}',
      says: "6:40 with authType none everyone may call → leave out account and roles, or write authType: iam",
    },
    {
      entry: "{account: {id: 222222222222}}",
      says: '6:30 spec.invokedBy[0].account.id: 222222222222 is read as a number, not as text → quote it: "222222222222"',
    },
    {
      entry: "{account: {id: 012345678901}}",
      says: '6:30 spec.invokedBy[0].account.id: 012345678901 is read as a number, not as text → quote it: "012345678901"',
    },
    {
      entry: "{apigateway: {api: a1b2c3, stage: prod, method: GET, path: orders}}",
      says: '6:74 "orders" is not a path such as /orders/{id} → write it like /orders/{id}',
    },
    {
      entry: '{apigateway: {api: a1b2c3, stage: prod, method: GET, path: "/*"}}',
      says: '6:74 "/*" is not a path such as /orders/{id} → write it like /orders/{id}',
    },
  ])("$says", ({ entry, says }) => {
    expect(ofSpec(`  invokedBy: [${entry}]\n`)).toContain(says);
  });
});

describe("what is wrong with a hand-written statement", () => {
  const statement = (text: string, more = ""): readonly string[] =>
    ofSpec(`  statements:\n    - reason: x\n${more}      statement: ${text}\n`);

  test.each([
    {
      text: "{Sid: a, Effect: Allow, Action: 's3:GetObject', Resource: '*'}",
      says: "8:24 a Sid is not for authors: ours comes from the content → remove it",
    },
    {
      text: "{Effect: Allow, Action: 's3:GetObject', Resource: '*', Condition: {Bool: {'aws:SecureTransport': true}}}",
      says: '8:115 true is not text → quote it: "true"',
    },
    {
      text: "{Effect: Allow, Action: 's3:GetObject', Resource: '*', Condition: {StringEquals: {'aws:PrincipalAccount': [222222222222]}}}",
      says: '8:125 222222222222 is not text → quote it: "222222222222"',
    },
  ])("$says", ({ text, says }) => {
    expect(statement(text)).toContain(says);
  });

  test("a statement must be an object", () => {
    expect(statement("[]")[0]).toContain("must be an object with Effect, Action and Resource");
  });

  test.each([
    { text: "{Effect: allow, Action: 's3:GetObject', Resource: '*'}", because: "Effect is exact" },
    { text: "{Effect: Allow, Action: 's3:GetObject'}", because: "Resource is missing" },
    {
      text: "{Effect: Allow, Action: 's3:GetObject', Resource: '*', Principal: '*'}",
      because: "no principal in an identity policy",
    },
  ])("what IAM refuses is refused at the statement: $because", ({ text }) => {
    const problems = statement(text);

    expect(problems.length).toBeGreaterThan(0);
    expect(problems[0]).toMatch(/^8:\d+ /);
  });

  test("until and a DateLessThan of the author's on the same key exclude each other", () => {
    const text =
      "{Effect: Allow, Action: 's3:GetObject', Resource: '*', Condition: {DateLessThan: {'AWS:CurrentTime': '2027-01-01T00:00:00Z'}}}";

    expect(statement(text, "      until: 2027-01-01T00:00:00Z\n")).toContain(
      "9:84 until and the condition both set DateLessThan aws:CurrentTime → keep until, and remove the condition",
    );
  });
});

describe("what is wrong with an account", () => {
  const ofAccount = (text: string): readonly string[] =>
    diagnosticTexts(compileTexts({ "platform/accounts.yaml": text })).map((line) =>
      line.replace("platform/accounts.yaml:", ""),
    );

  test.each([
    {
      from: 'id: "222222222222"',
      to: "id: 222222222222",
      says: '5:7 spec.id: 222222222222 is read as a number, not as text → quote it: "222222222222"',
    },
    {
      from: 'id: "222222222222"',
      to: 'id: "22222222222"',
      says: '5:7 "22222222222" is not an account id of twelve digits → write it like "111122223333"',
    },
    {
      from: 'id: "222222222222"',
      to: 'id: "333333333333"',
      says: "8:20 arn:aws:iam::222222222222:role/grantkeeper-system/observer is not a role of account 333333333333 → write arn:aws:iam::333333333333:role/…",
    },
    {
      from: "  boundary: platform-default\n",
      to: "",
      says: "7:9 enforce needs a boundary for every role → write boundary: NAME of a ManagedPolicy with use: boundary",
    },
    {
      from: /  writer: .*\n/,
      to: "",
      says: "7:9 enforce needs a writer → write writer: {role: …, externalId: …}",
    },
    {
      from: "tagKeys:",
      to: "functionRole: manage\n  tagKeys:",
      says: "11:17 manage needs a binder → write binder: {role: …, externalId: …}",
    },
    {
      from: "platform-default",
      to: "platform-defualt",
      says: '10:13 unknown boundary "platform-defualt", did you mean platform-default? → declare a ManagedPolicy with use: boundary in the platform\'s folder',
    },
    {
      from: "vars: {",
      to: 'vars: {"a-b": x, ',
      says: '12:17 "a-b" is not a variable\'s name → write letters, digits and _ such as ordersTable',
    },
    {
      from: "orders-prod",
      to: '"orders-*"',
      says: '12:23 "orders-*" is not a variable\'s value: one line without $, * and ? → write it like orders-prod-7F3A',
    },
    {
      from: "tagKeys:",
      to: "propagationWait: 10s\n  tagKeys:",
      says: '11:20 "10s" is not a duration from 30s to 1h → write a number and one of s, m, h, d, such as 30s',
    },
    {
      from: "tagKeys:",
      to: "settle: 60s\n  tagKeys:",
      says: '11:3 unknown field "settle" in spec → did you mean "propagationWait"? Valid values: binder, boundaries, boundary, budgets, deleteQuiet, functionRole, id, limits, mode, observer, partition, propagationWait, protectedPolicies, regions, revert, tagKeys, vars, writer',
    },
    {
      from: "tagKeys:",
      to: "deleteQuiet: 1h\n  tagKeys:",
      says: '11:16 "1h" is not a duration from 4h to 400d → write a number and one of s, m, h, d, such as 4h',
    },
    {
      from: "tagKeys:",
      to: "limits: {changedShare: 2}\n  tagKeys:",
      says: "11:26 spec.limits.changedShare: too big: expected number to be <=1",
    },
    {
      from: "tagKeys:",
      to: "limits: {deletes: many}\n  tagKeys:",
      says: "11:21 spec.limits.deletes must be a number, not text",
    },
    {
      from: "tagKeys: [cost-center]",
      to: "tagKeys: cost-center",
      says: "11:12 spec.tagKeys must be a list, not text → write a list: [cost-center]",
    },
    {
      from: "tagKeys: [cost-center]",
      to: "tagKeys: [a, a]",
      says: '11:16 duplicate value "a" → keep one of them',
    },
  ])("$says", ({ from, to, says }) => {
    expect(ofAccount(accountText("prod", "222222222222").replace(from, to))).toContain(says);
  });
});

test("all problems of all files are told at once, by file, line and column", () => {
  const compilation = compileTexts({
    "teams/b/b.yaml": functionText("b", "  mode: enfroce\n  tracing: 3\n"),
    "teams/a/a.yaml": functionText("a", "  grnats: []\n"),
  });
  const places = compilation.diagnostics.map(({ origin }) => `${origin.file}:${origin.line}`);

  expect(places).toEqual(["teams/a/a.yaml:6", "teams/b/b.yaml:6", "teams/b/b.yaml:7"]);
});
