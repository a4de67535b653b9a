import { describe, expect, test } from "@jest/globals";
import { documentOf, fromAuthor } from "../../../../src/manifest/statements/compiled-statement.ts";
import { GRANT_ENTRIES, GRANTS, leavesOut } from "../../../../src/manifest/grants/catalogue.ts";
import type { CompiledStatement } from "../../../../src/model/desired.ts";
import { linesOf } from "./grant-lines.ts";

const FILE = "teams/orders/a.yaml";
const HERE = "eu-west-1:222222222222";

function entryOf(name: string): (typeof GRANT_ENTRIES)[number] | undefined {
  return GRANT_ENTRIES.find((entry) => entry.grant === name);
}

const via = (service: string): string => `"kms:ViaService":"${service}.eu-west-1.amazonaws.com"`;
const ALIAS = '"ForAnyValue:StringEquals":{"kms:ResourceAliases":"alias/k"}';
const KEY = "1234abcd-12ab-34cd-56ef-1234567890ab";

describe("a grant compiles to exact actions on exact resources", () => {
  test.each([
    {
      grant: "{dynamodb: {table: orders, allow: [read]}}",
      lines: [
        `dynamodb:BatchGetItem dynamodb:ConditionCheckItem dynamodb:DescribeTable dynamodb:GetItem on arn:aws:dynamodb:${HERE}:table/orders`,
        `dynamodb:Query on arn:aws:dynamodb:${HERE}:table/orders arn:aws:dynamodb:${HERE}:table/orders/index/*`,
      ],
    },
    {
      grant: "{dynamodb: {table: orders, allow: [scan, delete], indexes: [by-day, by-customer]}}",
      lines: [
        `dynamodb:DeleteItem on arn:aws:dynamodb:${HERE}:table/orders`,
        `dynamodb:Scan on arn:aws:dynamodb:${HERE}:table/orders arn:aws:dynamodb:${HERE}:table/orders/index/by-customer arn:aws:dynamodb:${HERE}:table/orders/index/by-day`,
      ],
    },
    {
      grant: `{dynamodb: {table: orders, allow: [write], leadingKeys: ["\${aws:PrincipalTag/tenant}"], kmsKey: ${KEY}}}`,
      lines: [
        `dynamodb:BatchWriteItem dynamodb:ConditionCheckItem dynamodb:PutItem dynamodb:UpdateItem on arn:aws:dynamodb:${HERE}:table/orders if {"ForAllValues:StringEquals":{"dynamodb:LeadingKeys":["\${aws:PrincipalTag/tenant}"]},"Null":{"dynamodb:LeadingKeys":"false"}}`,
        `dynamodb:DescribeTable on arn:aws:dynamodb:${HERE}:table/orders`,
        `kms:Decrypt on arn:aws:kms:${HERE}:key/${KEY} if {"StringEquals":{${via("dynamodb")}}}`,
      ],
    },
    {
      grant: '{dynamodb: {table: "arn:aws:dynamodb:us-east-1:111111111111:table/t-1", allow: [stream]}}',
      lines: [
        "dynamodb:DescribeStream dynamodb:GetRecords dynamodb:GetShardIterator on arn:aws:dynamodb:us-east-1:111111111111:table/t-1/stream/*",
        "dynamodb:ListStreams on *",
      ],
    },
    {
      grant:
        "{s3: {bucket: uploads, prefix: orders/, allow: [read, readVersions, list, write, delete, tag]}}",
      lines: [
        "s3:AbortMultipartUpload s3:ListMultipartUploadParts s3:PutObject on arn:aws:s3:::uploads/orders/*",
        "s3:DeleteObject on arn:aws:s3:::uploads/orders/*",
        "s3:GetBucketLocation on arn:aws:s3:::uploads",
        "s3:GetObject on arn:aws:s3:::uploads/orders/*",
        "s3:GetObjectTagging s3:PutObjectTagging on arn:aws:s3:::uploads/orders/*",
        "s3:GetObjectVersion on arn:aws:s3:::uploads/orders/*",
        's3:ListBucket on arn:aws:s3:::uploads if {"StringLike":{"s3:prefix":"orders/*"}}',
      ],
    },
    {
      grant: '{s3: {bucket: "arn:aws:s3:::uploads", allow: [list, write], kmsKey: alias/k}}',
      lines: [
        `kms:Decrypt kms:GenerateDataKey on arn:aws:kms:${HERE}:key/* if {${ALIAS},"StringEquals":{${via("s3")}}}`,
        "s3:AbortMultipartUpload s3:ListMultipartUploadParts s3:PutObject on arn:aws:s3:::uploads/*",
        "s3:GetBucketLocation s3:ListBucket on arn:aws:s3:::uploads",
      ],
    },
    {
      grant: "{sqs: {queue: q.fifo, allow: [send, consume]}}",
      lines: [
        `sqs:ChangeMessageVisibility sqs:DeleteMessage sqs:GetQueueAttributes sqs:GetQueueUrl sqs:ReceiveMessage on arn:aws:sqs:${HERE}:q.fifo`,
        `sqs:GetQueueAttributes sqs:GetQueueUrl sqs:SendMessage on arn:aws:sqs:${HERE}:q.fifo`,
      ],
    },
    {
      grant: `{sns: {topic: t, allow: [publish], kmsKey: "arn:aws:kms:us-east-1:111111111111:key/${KEY}"}}`,
      lines: [
        `kms:Decrypt kms:GenerateDataKey on arn:aws:kms:us-east-1:111111111111:key/${KEY} if {"StringEquals":{"kms:ViaService":"sns.us-east-1.amazonaws.com"}}`,
        `sns:Publish on arn:aws:sns:${HERE}:t`,
      ],
    },
    {
      grant: "{events: {bus: main, allow: [put]}}",
      lines: [`events:PutEvents on arn:aws:events:${HERE}:event-bus/main`],
    },
    {
      grant: "{events: {bus: main, allow: [put], source: [b, a], detailType: [X]}}",
      lines: [
        `events:PutEvents on arn:aws:events:${HERE}:event-bus/main if {"ForAllValues:StringEquals":{"events:source":["a","b"],"events:detail-type":["X"]},"Null":{"events:source":"false","events:detail-type":"false"}}`,
      ],
    },
    {
      grant: "{states: {stateMachine: m, allow: [start, startSync, observe, callback]}}",
      lines: [
        `states:DescribeExecution states:GetExecutionHistory states:StopExecution on arn:aws:states:${HERE}:execution:m:*`,
        `states:DescribeStateMachine states:ListExecutions on arn:aws:states:${HERE}:stateMachine:m`,
        "states:SendTaskFailure states:SendTaskHeartbeat states:SendTaskSuccess on *",
        `states:StartExecution on arn:aws:states:${HERE}:stateMachine:m`,
        `states:StartSyncExecution on arn:aws:states:${HERE}:stateMachine:m`,
      ],
    },
    {
      grant: "{secrets: {secret: a/b, allow: [rotate]}}",
      lines: [
        `secretsmanager:DescribeSecret secretsmanager:GetSecretValue secretsmanager:PutSecretValue secretsmanager:UpdateSecretVersionStage on arn:aws:secretsmanager:${HERE}:secret:a/b-??????`,
        "secretsmanager:GetRandomPassword on *",
      ],
    },
    {
      grant: `{secrets: {secret: "arn:aws:secretsmanager:${HERE}:secret:a-x1Y2z3", allow: [read], kmsKey: "arn:aws:kms:${HERE}:alias/k"}}`,
      lines: [
        `kms:Decrypt on arn:aws:kms:${HERE}:key/* if {${ALIAS},"StringEquals":{${via("secretsmanager")}}}`,
        `secretsmanager:DescribeSecret secretsmanager:GetSecretValue on arn:aws:secretsmanager:${HERE}:secret:a-x1Y2z3`,
      ],
    },
    {
      grant: "{ssm: {parameter: /a/b, allow: [read, write]}}",
      lines: [
        `ssm:GetParameter ssm:GetParameters on arn:aws:ssm:${HERE}:parameter/a/b`,
        `ssm:PutParameter on arn:aws:ssm:${HERE}:parameter/a/b`,
      ],
    },
    {
      grant: "{ssm: {path: a, allow: [readPath]}}",
      lines: [`ssm:GetParametersByPath on arn:aws:ssm:${HERE}:parameter/a arn:aws:ssm:${HERE}:parameter/a/*`],
    },
    {
      grant: "{ssm: {path: a, allow: [readTree]}}",
      lines: [`ssm:GetParametersByPath on arn:aws:ssm:${HERE}:parameter/a`],
    },
    { grant: "{ssm: {allow: [list]}}", lines: ["ssm:DescribeParameters on *"] },
    {
      grant: "{ssm: {parameter: a, allow: [history, list], kmsKey: alias/k}}",
      lines: [
        `kms:Decrypt on arn:aws:kms:${HERE}:key/* if {${ALIAS},"StringEquals":{${via("ssm")}}}`,
        "ssm:DescribeParameters on *",
        `ssm:GetParameterHistory on arn:aws:ssm:${HERE}:parameter/a`,
      ],
    },
    {
      grant: `{kms: {key: ${KEY}, allow: [decrypt, encrypt, sign, verify]}}`,
      lines: [
        `kms:Decrypt on arn:aws:kms:${HERE}:key/${KEY}`,
        `kms:Encrypt kms:GenerateDataKey kms:GenerateDataKeyWithoutPlaintext on arn:aws:kms:${HERE}:key/${KEY}`,
        `kms:GetPublicKey kms:Sign on arn:aws:kms:${HERE}:key/${KEY}`,
        `kms:GetPublicKey kms:Verify on arn:aws:kms:${HERE}:key/${KEY}`,
      ],
    },
    {
      grant: "{kms: {key: alias/k, allow: [decrypt]}}",
      lines: [`kms:Decrypt on arn:aws:kms:${HERE}:key/* if {${ALIAS}}`],
    },
    {
      grant: "{kinesis: {stream: s, allow: [put, read], consumer: c}}",
      lines: [
        `kinesis:DescribeStream kinesis:DescribeStreamSummary kinesis:GetRecords kinesis:GetShardIterator kinesis:ListShards on arn:aws:kinesis:${HERE}:stream/s`,
        `kinesis:DescribeStreamConsumer kinesis:SubscribeToShard on arn:aws:kinesis:${HERE}:stream/s/consumer/c:*`,
        `kinesis:DescribeStreamSummary kinesis:PutRecord kinesis:PutRecords on arn:aws:kinesis:${HERE}:stream/s`,
      ],
    },
    {
      grant: "{lambda: {function: f, allow: [invoke]}}",
      lines: [`lambda:InvokeFunction on arn:aws:lambda:${HERE}:function:f`],
    },
    {
      grant: "{lambda: {function: f, qualifier: live, allow: [invoke]}}",
      lines: [`lambda:InvokeFunction on arn:aws:lambda:${HERE}:function:f:live`],
    },
    {
      grant: "{rds: {resourceId: cluster-A1, user: app, allow: [connect]}}",
      lines: [`rds-db:connect on arn:aws:rds-db:${HERE}:dbuser:cluster-A1/app`],
    },
    {
      grant: "{bedrock: {model: a.b-v1:0, allow: [invoke]}}",
      lines: [
        "bedrock:InvokeModel bedrock:InvokeModelWithResponseStream on arn:aws:bedrock:eu-west-1::foundation-model/a.b-v1:0",
      ],
    },
    {
      grant:
        "{bedrock: {model: a.b-v1:0, inferenceProfile: eu.a.b-v1:0, regions: [eu-west-1, eu-central-1], allow: [invoke]}}",
      lines: [
        `bedrock:InvokeModel bedrock:InvokeModelWithResponseStream on arn:aws:bedrock:eu-central-1::foundation-model/a.b-v1:0 arn:aws:bedrock:${HERE}:inference-profile/eu.a.b-v1:0 arn:aws:bedrock:eu-west-1::foundation-model/a.b-v1:0`,
      ],
    },
    {
      grant: "{metrics: {namespace: Shop}}",
      lines: ['cloudwatch:PutMetricData on * if {"StringEquals":{"cloudwatch:namespace":"Shop"}}'],
    },
  ])("$grant", ({ grant, lines }) => {
    expect(linesOf(grant)).toEqual(lines);
  });

  test("no resource ends with a wildcard that matches the name of another resource", () => {
    const resources = Object.keys(GRANTS).flatMap((name) => {
      const entry = entryOf(name);
      const place = { partition: "aws", accountId: "222222222222", region: "eu-west-1" };
      return (entry?.examples ?? [])
        .flatMap((example) => entry?.expand(example, place) ?? [])
        .flatMap((one) => one.resources);
    });

    expect(resources.filter((resource) => /[A-Za-z0-9]\*$/.test(resource))).toEqual([]);
  });
});

describe("the description of a grant in the catalogue", () => {
  test.each(Object.keys(GRANTS))("of %s covers every verb of its fields and no other", (name) => {
    const entry = entryOf(name);
    const place = { partition: "aws", accountId: "222222222222", region: "eu-west-1" };
    const used = new Set(
      (entry?.examples ?? []).flatMap((example: { readonly allow?: readonly string[] }) => {
        const verbs = entry?.expand(example as never, place).map(({ verb }) => verb) ?? [];
        const named = (example.allow ?? []).filter((name) => entry?.actions?.has(name) !== true);
        return example.allow === undefined ? verbs.filter((verb) => !verb.endsWith("Key")) : named;
      }),
    );

    expect(Object.keys(entry?.verbs ?? {}).sort()).toEqual([...used].sort());
  });

  test.each(Object.keys(GRANTS))("of %s has examples that its own schema accepts", (name) => {
    const entry = entryOf(name);

    for (const example of entry?.examples ?? []) expect(entry?.fields.safeParse(example).success).toBe(true);
  });

  test("names verbs that people try in vain", () => {
    expect(leavesOut("dynamodb", "read")).toBe("read has no Scan. If the code scans: allow: [read, scan]");
    expect(leavesOut("dynamodb", "scan")).toBeNull();
    expect(leavesOut("dynamodb", "constructor")).toBeNull();
    expect(leavesOut("constructor", "read")).toBeNull();
  });
});

describe("two statements with the same Sid", () => {
  /** Eight hex digits collide by the birthday's paradox after some ten thousand tries. */
  function collision(): readonly [CompiledStatement, CompiledStatement] {
    const seen = new Map<string, CompiledStatement>();
    const facts = {
      source: { kind: "statement" },
      origin: { file: FILE, line: 1, column: 1, path: "" },
      until: null,
      reason: null,
      wildcardReason: null,
    } as const;
    for (let index = 0; ; index += 1) {
      const one = fromAuthor({ Effect: "Allow", Action: `a:B${index}`, Resource: "*" }, facts);
      const sid = one.statement.Sid ?? "";
      const other = seen.get(sid);
      if (other !== undefined) return [other, one];
      seen.set(sid, one);
    }
  }

  test("are a problem and never a missing statement", () => {
    const [first, second] = collision();

    const { document, diagnostics } = documentOf([first, second]);

    expect(diagnostics.map(({ code }) => code)).toEqual(["sid-collision"]);
    expect(document.statements).toEqual([first]);
    expect(documentOf([first, first]).diagnostics).toEqual([]);
  });
});
