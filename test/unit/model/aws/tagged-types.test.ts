import { isArnOfType, TAGGED_TYPES, type TaggedType } from "../../../../src/model/aws/tag.ts";
import { describe, expect, test } from "@jest/globals";
import { parseReference } from "../../../../src/model/aws/reference.ts";
import { GRANT_ENTRIES } from "../../../../src/manifest/grants/catalogue.ts";
import { CALLER_ENTRIES } from "../../../../src/manifest/callers/catalogue.ts";

const HERE = "eu-west-1:222222222222";
/** An ARN of each type, and the field that takes it. */
const EXAMPLES: Readonly<Record<TaggedType, string>> = {
  "cognito-idp:userpool": `arn:aws:cognito-idp:${HERE}:userpool/eu-west-1_AbCdEfGhI`,
  "dynamodb:table": `arn:aws:dynamodb:${HERE}:table/orders`,
  "elasticfilesystem:access-point": `arn:aws:elasticfilesystem:${HERE}:access-point/fsap-0123456789abcdef0`,
  "elasticfilesystem:file-system": `arn:aws:elasticfilesystem:${HERE}:file-system/fs-0123456789abcdef0`,
  "elasticloadbalancing:targetgroup": `arn:aws:elasticloadbalancing:${HERE}:targetgroup/orders/0123456789abcdef`,
  "events:event-bus": `arn:aws:events:${HERE}:event-bus/main`,
  "firehose:deliverystream": `arn:aws:firehose:${HERE}:deliverystream/clicks`,
  "kinesis:stream": `arn:aws:kinesis:${HERE}:stream/clicks`,
  "kms:key": `arn:aws:kms:${HERE}:key/0a1b2c3d-0000-4000-8000-000000000000`,
  "rds:cluster": `arn:aws:rds:${HERE}:cluster:orders`,
  s3: "arn:aws:s3:::orders-uploads",
  "secretsmanager:secret": `arn:aws:secretsmanager:${HERE}:secret:orders/psp-key-AbCdEf`,
  sns: `arn:aws:sns:${HERE}:orders.fifo`,
  sqs: `arn:aws:sqs:${HERE}:orders.fifo`,
  "states:stateMachine": `arn:aws:states:${HERE}:stateMachine:refund`,
};

const types = Object.keys(TAGGED_TYPES) as readonly TaggedType[];

function takesArn(
  entry: { readonly examples: readonly unknown[]; readonly fields: unknown },
  arn: string,
): boolean {
  const { safeParse } = entry.fields as { safeParse: (value: unknown) => { success: boolean } };
  return entry.examples.some((example) =>
    Object.entries(example as Record<string, unknown>).some(
      ([field, value]) =>
        typeof value === "string" && safeParse({ ...(example as object), [field]: arn }).success,
    ),
  );
}

describe("a type of tagged resources", () => {
  test.each(types)("%s is taken by its ARN in a grant or a caller", (type) => {
    const arn = EXAMPLES[type];

    expect(isArnOfType(arn, type)).toBe(true);
    expect([...GRANT_ENTRIES, ...CALLER_ENTRIES].some((entry) => takesArn(entry, arn))).toBe(true);
  });

  test.each(types)("%s is not the type of another one's ARN", (type) => {
    const others = types.filter((other) => other !== type).map((other) => EXAMPLES[other]);

    expect(others.filter((arn) => isArnOfType(arn, type))).toEqual([]);
  });

  test.each([
    ["s3", `arn:aws:s3:${HERE}:accesspoint/uploads`],
    ["s3", "arn:aws:s3:::uploads/key"],
    ["sns", `arn:aws:sns:${HERE}:orders:0a1b2c3d`],
    ["dynamodb:table", `arn:aws:dynamodb:${HERE}:table/orders/index/by-day`],
    ["dynamodb:table", `arn:aws:dynamodb:${HERE}:table/*`],
    ["sqs", "orders"],
  ] as const)("%s is not that of %s", (type, arn) => {
    expect(isArnOfType(arn, type)).toBe(false);
  });
});

test.each([
  ["tag.sqs.app=orders", [{ key: "app", value: "orders" }]],
  ["tag.sqs.a.b=c=d", [{ key: "a.b", value: "c=d" }]],
  [
    "tag.sqs.aws:cloudformation:stack-name=shop,app=x",
    [
      { key: "aws:cloudformation:stack-name", value: "shop" },
      { key: "app", value: "x" },
    ],
  ],
])("%s has its tags in their order", (text, tags) => {
  expect(parseReference(text)).toEqual({ kind: "tagged-resource", type: "sqs", tags });
});
