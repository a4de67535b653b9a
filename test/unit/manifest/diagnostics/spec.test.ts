import { describe, expect, test } from "@jest/globals";
import { functionText } from "../../../support/manifests.ts";
import { found, ofSpec } from "./found.ts";

describe("a fault in a spec", () => {
  test.each([
    {
      spec: "  grnats: []\n",
      message:
        '6:3 unknown field "grnats" in spec → did you mean "grants"? Valid fields: deletionPolicy, dependsOn, function, functionRole, grants, invokedBy, isolation, logs, managedPolicies, mode, role, statements, targets, templates, tracing, undeclaredCallers, vpc',
    },
    {
      spec: "  mode: enfroce\n",
      message:
        '6:9 unknown value "enfroce" for spec.mode → did you mean "enforce"? Valid values: observe, enforce, release',
    },
    {
      spec: "  mode: true\n",
      message: "6:9 spec.mode must be observe, enforce, release → write one of them",
    },
    { spec: "  grants:\n", message: "6:10 spec.grants must be a list, not empty → begin each entry with -" },
    {
      spec: "  grants: {}\n",
      message: "6:11 spec.grants must be a list, not an object → begin each entry with -",
    },
    { spec: "  grants: yes\n", message: "6:11 spec.grants must be a list, not text → write a list: [yes]" },
    {
      spec: "  tracing: [true]\n",
      message: "6:12 spec.tracing must be true or false, not a list → write true or false",
    },
    {
      spec: "  grants: [{}]\n",
      message:
        "6:12 this entry names no service → one entry is a grant of one service, such as dynamodb: {table: orders, allow: [read]}",
    },
    {
      spec: "  grants: [{sns: {topic: a, allow: [publish]}, sqs: {queue: a, allow: [send]}}]\n",
      message:
        "6:12 this entry names several: sqs, sns → one entry is a grant of one service, such as dynamodb: {table: orders, allow: [read]}",
    },
    {
      spec: "  grants:\n    - dynamo: {table: orders}\n",
      message:
        '7:7 unknown grant "dynamo" → did you mean "dynamodb"? Valid values: apigw, appconfig, bedrock, cognito, dlq, dsql, dynamodb, efs, events, firehose, kinesis, kms, lambda, metrics, rds, rdsData, s3, scheduler, secrets, ses, sns, sqs, ssm, states',
    },
    {
      spec: "  grants:\n    - vpc: true\n",
      message:
        '7:7 "vpc" is not a grant: it is a field of spec → write it under spec of the FunctionPermission: vpc: true',
    },
    {
      spec: "  grants:\n    - textract: {document: x}\n",
      message:
        '7:7 unknown grant "textract" → valid values: apigw, appconfig, bedrock, cognito, dlq, dsql, dynamodb, efs, events, firehose, kinesis, kms, lambda, metrics, rds, rdsData, s3, scheduler, secrets, ses, sns, sqs, ssm, states; for another service write under spec.statements {reason: TEXT, statement: {Effect: Allow, Action: [SERVICE:ACTION], Resource: [ARN]}}',
    },
    {
      spec: "  grants: [{dynamodb: {table: orders, allow: [raed]}}]\n",
      message:
        '6:47 unknown value "raed" for spec.grants[0].dynamodb.allow[0] → did you mean "read"? Valid values: read, scan, write, delete, stream, and single actions such as BatchGetItem',
    },
    {
      spec: "  grants: [{dynamodb: {table: orders, allow: read}}]\n",
      message: "6:46 spec.grants[0].dynamodb.allow must be a list, not text → write a list: [read]",
    },
    {
      spec: "  grants: [{dynamodb: {table: orders, allow: []}}]\n",
      message: "6:46 the list is empty → name at least one",
    },
    {
      spec: "  grants: [{dynamodb: {table: orders, allow: [read, read]}}]\n",
      message: '6:53 duplicate value "read" → keep one of them',
    },
    {
      spec: "  grants: [{dynamodb: {allow: [read]}}]\n",
      message: "6:23 spec.grants[0].dynamodb.table is required → write table: TEXT, such as orders",
    },
    {
      spec: "  grants: [{dynamodb: {table: order*, allow: [read]}}]\n",
      message:
        '6:31 "order*" is not a DynamoDB table: its name or its full ARN → write one entry for each resource; a pattern is possible under spec.statements',
    },
    {
      spec: '  grants: [{dynamodb: {table: "arn:aws:sqs:eu-west-1:222222222222:x", allow: [read]}}]\n',
      message:
        '6:31 "arn:aws:sqs:eu-west-1:222222222222:x" is not a DynamoDB table: its name or its full ARN → write it like orders',
    },
    {
      spec: "  grants: [{dynamodb: {table: orders, allow: [scan], leadingKeys: [a]}}]\n",
      message: "6:47 scan reads every key: leadingKeys can't narrow it → leave out leadingKeys or scan",
    },
    {
      spec: "  grants: [{s3: {bucket: uploads, prefix: orders, allow: [read]}}]\n",
      message:
        '6:43 "orders" is not a prefix that ends with / (orders would also be orders-old/) → write it like orders/',
    },
    {
      spec: "  grants: [{ssm: {allow: [read]}}]\n",
      message:
        "6:18 ssm takes either parameter or path → write one of them: path for readPath and readTree, parameter for the others; list alone needs none",
    },
    {
      spec: "  grants: [{ssm: {path: /a, allow: [read]}}]\n",
      message: "6:37 read needs parameter → write parameter: /a, in an entry of its own",
    },
    {
      spec: "  grants: [{ssm: {parameter: /a, allow: [list], kmsKey: alias/a}}]\n",
      message:
        "6:57 list decrypts nothing: kmsKey has no effect → remove kmsKey, or add the verb that needs it, such as read",
    },
    {
      spec: "  grants: [{kinesis: {stream: a, consumer: b, allow: [put]}}]\n",
      message: "6:44 a consumer reads: allow has no read → allow: [read], or leave out consumer",
    },
    {
      spec: "  grants: [{lambda: {function: b, allow: [invokeURL]}}]\n",
      message:
        '6:43 unknown value "invokeURL" for spec.grants[0].lambda.allow[0] → did you mean "invokeUrl"? Valid values: invoke, invokeUrl',
    },
    {
      spec: '  grants: [{rds: {resourceId: cluster-A1, user: "*", allow: [connect]}}]\n',
      message: '6:49 "*" is not a database user\'s name → write it like orders_app',
    },
    {
      spec: "  grants: [{sns: {topic: a, allow: [publish]}, until: 2026-12-31}]\n",
      message:
        '6:55 "2026-12-31" is not an instant with a time zone → write 2026-12-31T00:00:00Z if it is UTC',
    },
    {
      spec: "  grants: [{sns: {topic: a, allow: [publish]}, until: 2026-12-31T00:00:00}]\n",
      message:
        '6:55 "2026-12-31T00:00:00" is not an instant with a time zone → write 2026-12-31T00:00:00Z if it is UTC',
    },
    {
      spec: "  grants: [{sns: {topic: a, allow: [publish]}, until: 2027-02-30T00:00:00Z}]\n",
      message:
        '6:55 "2027-02-30T00:00:00Z" is not an instant with a time zone → write the day and the time in UTC as YYYY-MM-DDThh:mm:ssZ: the end of the year 2026 is 2027-01-01T00:00:00Z',
    },
    {
      spec: "  grants: [{sns: {topic: a, allow: [publish]}, until: 2027-02-28T24:00:00Z}]\n",
      message:
        '6:55 "2027-02-28T24:00:00Z" is not an instant with a time zone → write the day and the time in UTC as YYYY-MM-DDThh:mm:ssZ: the end of the year 2026 is 2027-01-01T00:00:00Z',
    },
    {
      spec: "  role: {name: a/b}\n",
      message: '6:16 "a/b" is not a role name → write it like ${function}-${region}',
    },
    {
      spec: "  role: {path: /other/}\n",
      message:
        '6:16 "/other/" is not below /grantkeeper/ → write it like /grantkeeper/orders/, or adopt: reviewed to take over a role that exists',
    },
    {
      spec: "  role: {path: /grantkeeper/../orders/}\n",
      message:
        '6:16 "/grantkeeper/../orders/" is not a path that begins and ends with /, without . or .. for a segment → write it like /grantkeeper/orders/',
    },
    {
      spec: "  role: {path: /grantkeeper/orders/./}\n",
      message:
        '6:16 "/grantkeeper/orders/./" is not a path that begins and ends with /, without . or .. for a segment → write it like /grantkeeper/orders/',
    },
    {
      spec: "  role: {adopt: reviewed}\n",
      message:
        "6:17 adopt: reviewed takes over a role that exists: its path is required → write path: as it is in AWS",
    },
    {
      spec: "  role: {adopt: reviewed, name: a, path: /aws-service-role/x/}\n",
      message:
        "6:42 a role below /aws-service-role/ can't be the role of a manifest → write it like /grantkeeper/orders/",
    },
    {
      spec: "  role: {adopt: reviewed, name: a, path: /grantkeeper/orders/}\n",
      message:
        "6:42 adopt: reviewed takes over a role that others made, and roles below /grantkeeper/ are Grantkeeper's → remove adopt, or write the path of the role as it is in AWS",
    },
    {
      spec: "  role: {adopt: yes-please}\n",
      message: '6:17 unknown value "yes-please" for spec.role.adopt → valid values: never, reviewed',
    },
    {
      spec: "  role: {maxSessionDuration: 13h}\n",
      message: '6:30 "13h" is not a duration from 1h to 12h → the longest is 12h',
    },
    {
      spec: "  role: {tags: {cost-center: 4711}}\n",
      message: '6:30 spec.role.tags.cost-center: 4711 is read as a number, not as text → quote it: "4711"',
    },
    {
      spec: '  role: {tags: {"aws:x": a}}\n',
      message:
        '6:26 "aws:x" is not a tag key (1 to 128 characters; not aws: or grantkeeper.dev/) → choose another key',
    },
    {
      spec: "  role: {tags: {Team: a, team: b}}\n",
      message:
        "6:32 the tag team differs from another only in case: IAM takes them for one → keep one of them",
    },
    {
      spec: "  logs: true\n",
      message:
        "6:9 spec.logs has the wrong form → write false, or an object of group, groupPrefix, create, tag",
    },
    {
      spec: "  logs: 012\n",
      message:
        "6:9 spec.logs has the wrong form → write false, or an object of group, groupPrefix, create, tag",
    },
    {
      spec: "  logs: {groups: x}\n",
      message:
        '6:10 unknown field "groups" in spec.logs → did you mean "group"? Valid fields: create, group, groupPrefix, tag',
    },
    {
      spec: "  managedPolicies: [orders_x]\n",
      message:
        '6:21 "orders_x" is not a ManagedPolicy\'s name, platform/NAME, or the ARN of an AWS-managed policy → write it like audit-read',
    },
    {
      spec: "  shares: []\n",
      message:
        '6:3 "shares" is a field of a Team → ask the platform team to declare it in the Team that owns the resource',
    },
    { spec: "  breakGlass: {}\n", message: '6:3 "breakGlass" is not in this version → leave it out' },
    {
      spec: '  function: "a\\"b"\n',
      message: '6:13 "a\\"b" is not a Lambda function\'s name → write it like orders-api',
    },
    {
      spec: `  function: ${"x".repeat(200)}\n`,
      message: `6:13 "${"x".repeat(77)}…" is not a Lambda function's name → write it like orders-api`,
    },
  ])("$message", ({ spec, message }) => {
    expect(ofSpec(spec)).toContain(message);
  });

  test.each([
    { text: "  targets: []\n", message: "the list is empty → name at least one" },
    {
      text: "  targets: [{accounts: [1], regions: [eu-west-1]}]\n",
      message: 'spec.targets[0].accounts[0]: 1 is read as a number, not as text → quote it: "1"',
    },
    {
      text: "  targets: [{accounts: [prod], regions: [eu-west-9x]}]\n",
      message: '"eu-west-9x" is not an AWS region → write eu-west-9',
    },
    {
      text: "  targets: [{accounts: [prdo], regions: [eu-west-1]}]\n",
      message:
        'unknown account "prdo" → did you mean "prod"? Otherwise declare an AwsAccount of that name in the platform\'s folder',
    },
    {
      text: "  targets: [{accounts: [prod], regions: [eu-west-2]}]\n",
      message:
        "eu-west-2 is not a region of account prod, did you mean eu-west-1? → it has: eu-west-1, us-east-1",
    },
    {
      text: "  targets: [{accounts: [prod], regions: [eu-west-1]}, {accounts: [prod], regions: [eu-west-1]}]\n",
      message: "duplicate target: account prod, region eu-west-1 → keep one of them",
    },
  ])("targets: $message", ({ text, message }) => {
    const manifest = functionText("a").replace(/ {2}targets: .*\n/, text);

    expect(found(manifest).map((line) => line.replace(/^\d+:\d+ /, ""))).toContain(message);
  });
});

test("a role has up to 48 tags besides the ownership tags", () => {
  const tags = (count: number): string =>
    Array.from({ length: count }, (_, index) => `k${index}: v`).join(", ");

  expect(ofSpec(`  role: {tags: {${tags(48)}}}\n`)).toEqual([]);
  expect(ofSpec(`  role: {tags: {${tags(49)}}}\n`)).toEqual([
    "6:16 49 tags: a role can have 48, and the two of Grantkeeper → remove some",
  ]);
});
