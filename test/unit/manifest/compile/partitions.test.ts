import { describe, expect, test } from "@jest/globals";
import { PARTITIONS, partitionOfRegion } from "../../../../src/model/aws/partitions.ts";
import {
  accountText,
  compileTexts,
  diagnosticTexts,
  functionText,
  PLATFORM_FILES,
} from "../../../support/manifests.ts";

const FILE = "teams/orders/a.yaml";
const CN = "333333333333";
const ACCOUNTS = "platform/accounts.yaml";

/** `prod` in `aws` and `beijing` in `aws-cn`. */
const TWO_PARTITIONS = {
  [ACCOUNTS]: `${accountText("prod", "222222222222")}---\n${accountText("beijing", CN)
    .replaceAll("arn:aws:", "arn:aws-cn:")
    .replace("regions: [eu-west-1, us-east-1]", "partition: aws-cn\n  regions: [cn-north-1]")}`,
};

function ofSpec(spec: string, files: Readonly<Record<string, string>> = {}): readonly string[] {
  return diagnosticTexts(compileTexts({ ...files, [FILE]: functionText("a", spec) }));
}

const statement = (json: string): string => `  statements:\n    - reason: x\n      statement: ${json}\n`;

describe("a reference of a function in partition aws", () => {
  const IN_CHINA = "is in partition aws-cn; account prod is in aws → write arn:aws:…";

  test.each([
    {
      spec: "  grants:\n    - sqs: {queue: 'arn:aws-cn:sqs:cn-north-1:222222222222:q', allow: [send]}\n",
      message: `${FILE}:7:20 "arn:aws-cn:sqs:cn-north-1:222222222222:q" ${IN_CHINA}`,
      because: "the ARN of a grant",
    },
    {
      spec: "  grants:\n    - sqs: {queue: 'arn:aws-mars:sqs:eu-west-1:222222222222:q', allow: [send]}\n",
      message: `${FILE}:7:20 "arn:aws-mars:sqs:eu-west-1:222222222222:q" names an unknown partition "aws-mars"; account prod is in aws → write arn:aws:…`,
      because: "a partition that does not exist",
    },
    {
      spec: "  grants:\n    - sqs: {queue: 'arn:aws:sqs:cn-north-1:222222222222:q', allow: [send]}\n",
      message: `${FILE}:7:20 region "cn-north-1": it is in partition aws-cn; account prod is in aws → name a region of partition aws`,
      because: "an ARN whose region belongs to another partition",
    },
    {
      spec: "  grants:\n    - sqs: {queue: 'arn:aws:sqs:mars-north-1:222222222222:q', allow: [send]}\n",
      message: `${FILE}:7:20 region "mars-north-1": no partition of AWS has it; account prod is in aws → name a region of partition aws`,
      because: "a region that does not exist",
    },
    {
      spec: "  grants:\n    - s3: {bucket: uploads, allow: [read], kmsKey: 'arn:aws-us-gov:kms:us-gov-west-1:222222222222:key/11111111-2222-3333-4444-555555555555'}\n",
      message: expect.stringContaining("is in partition aws-us-gov"),
      because: "a key of GovCloud",
    },
    {
      spec: "  grants:\n    - bedrock: {model: anthropic.claude-v2, regions: [us-gov-west-1], allow: [invoke]}\n",
      message: expect.stringContaining('region "us-gov-west-1": it is in partition aws-us-gov'),
      because: "a region in a list",
    },
    {
      spec: statement(
        '{Effect: Allow, Action: "s3:GetObject", Resource: ["arn:aws:s3:::b/*", "arn:aws-cn:s3:::b/*"]}',
      ),
      message: `${FILE}:8:89 "arn:aws-cn:s3:::b/*" ${IN_CHINA}`,
      because: "a resource of a hand-written statement",
    },
    {
      spec: statement(
        '{Effect: Deny, Action: "s3:GetObject", Resource: "*", Condition: {ArnLike: {"aws:PrincipalArn": "arn:aws-cn:iam::222222222222:role/x"}}}',
      ),
      message: expect.stringContaining(IN_CHINA),
      because: "a condition value that never matches",
    },
    {
      spec: statement('{Effect: Allow, NotAction: "s3:*", NotResource: "arn:aws-us-gov:s3:::b"}'),
      message: expect.stringContaining("is in partition aws-us-gov"),
      because: "a resource of NotResource",
    },
    {
      spec: "  invokedBy:\n    - sns: {topic: 'arn:aws-cn:sns:cn-north-1:222222222222:t'}\n",
      message: expect.stringContaining(IN_CHINA),
      because: "the ARN of a caller",
    },
    {
      spec: "  invokedBy:\n    - cognito: {userPool: cn-north-1_AbCdEfGhI}\n",
      message: expect.stringContaining('region "cn-north-1": it is in partition aws-cn'),
      because: "the region of a user pool's id",
    },
    {
      spec: "  managedPolicies: ['arn:aws-cn:iam::aws:policy/X']\n",
      message: `${FILE}:6:21 "arn:aws-cn:iam::aws:policy/X" ${IN_CHINA}`,
      because: "an attached policy",
    },
  ])("with a wrong partition is an error at its field: $because", ({ spec, message }) => {
    expect(ofSpec(spec)).toEqual([message]);
  });

  test("in a text for people, such as a tag or a reason, may have any partition", () => {
    const arn = "arn:aws-cn:s3:::b/k";
    const spec = `  role: {tags: {source: "${arn}", owner: "${CN}"}}\n  statements:\n    - reason: ${arn}\n      statement: {Effect: Allow, Action: "s3:GetObject", Resource: "arn:aws:s3:::b/k"}\n`;

    expect(ofSpec(spec, TWO_PARTITIONS)).toEqual([]);
  });

  test("is checked after the substitution of variables", () => {
    const account = accountText("prod", "222222222222").replace(
      "ordersTable: orders-prod",
      "ordersTable: 'arn:aws-cn:dynamodb:cn-north-1:222222222222:table/orders'",
    );

    expect(
      ofSpec('  grants:\n    - dynamodb: {table: "${account.vars.ordersTable}", allow: [read]}\n', {
        [ACCOUNTS]: account,
      }),
    ).toEqual([
      `${FILE}:7:25 "arn:aws-cn:dynamodb:cn-north-1:222222222222:table/orders" is in partition aws-cn; account prod is in aws → write arn:aws:…`,
    ]);
  });

  test.each([
    { spec: `  invokedBy:\n    - account: {id: "${CN}"}\n`, because: "the account of a caller" },
    {
      spec: `  invokedBy:\n    - s3: {bucket: uploads, account: "${CN}"}\n`,
      because: "the account of a bucket",
    },
    {
      spec: `  invokedBy:\n    - functionUrl: {authType: iam, account: "${CN}"}\n`,
      because: "the account of a URL",
    },
    {
      spec: `  grants:\n    - sqs: {queue: 'arn:aws:sqs:eu-west-1:${CN}:q', allow: [send]}\n`,
      because: "the account of an ARN",
    },
  ])("to an account of another partition is an error: $because", ({ spec }) => {
    expect(ofSpec(spec, TWO_PARTITIONS)).toEqual([
      expect.stringContaining(`account ${CN} is in partition aws-cn; account prod is in aws`),
    ]);
  });

  test.each([
    { spec: statement('{Effect: Allow, Action: "s3:GetObject", Resource: "arn:*:s3:::b/*"}') },
    { spec: statement('{Effect: Allow, Action: "sqs:SendMessage", Resource: "arn:aws:sqs:*:*:q"}') },
    { spec: statement('{Effect: Allow, Action: "s3:GetObject", Resource: "arn:${partition}:s3:::b/*"}') },
    { spec: '  invokedBy:\n    - account: {id: "999999999999"}\n' },
  ])("to its own partition, a pattern or an unknown account is accepted: $spec", ({ spec }) => {
    expect(ofSpec(spec, TWO_PARTITIONS)).toEqual([]);
  });
});

describe("an AwsAccount", () => {
  test.each([
    {
      change: ["regions: [eu-west-1, us-east-1]", "regions: [eu-west-1, cn-north-1]"],
      message: `${ACCOUNTS}:6:24 region "cn-north-1": it is in partition aws-cn; the account is in aws → write partition: aws-cn, or another region`,
    },
    {
      change: ["regions: [eu-west-1, us-east-1]", "regions: [eu-west-1, mars-east-1]"],
      message: `${ACCOUNTS}:6:24 region "mars-east-1": no partition of AWS has it; the account is in aws → name a region of partition aws`,
    },
    {
      change: ["  mode: enforce", "  partition: aws-mars\n  mode: enforce"],
      message: expect.stringMatching(
        /:7:14 "aws-mars" is not a partition of AWS \(aws, aws-cn, .*\) → write it like aws$/,
      ),
    },
    {
      change: [
        "arn:aws:iam::222222222222:role/grantkeeper-system/observer",
        "arn:aws-cn:iam::222222222222:role/o",
      ],
      message: expect.stringContaining(
        ":8:20 arn:aws-cn:iam::222222222222:role/o is not a role of account 222222222222",
      ),
    },
    {
      change: [
        "arn:aws:iam::222222222222:role/grantkeeper-system/writer",
        "arn:aws:iam::333333333333:role/w",
      ],
      message: expect.stringContaining(
        ":9:18 arn:aws:iam::333333333333:role/w is not a role of account 222222222222",
      ),
    },
    {
      change: ["  tagKeys:", "  protectedPolicies: ['arn:aws-cn:iam::aws:policy/X']\n  tagKeys:"],
      message: expect.stringContaining(
        ":11:23 arn:aws-cn:iam::aws:policy/X is not a policy that a role of account",
      ),
    },
    {
      change: ["  tagKeys:", "  protectedPolicies: ['arn:aws:iam::333333333333:policy/X']\n  tagKeys:"],
      message: expect.stringContaining(
        ":11:23 arn:aws:iam::333333333333:policy/X is not a policy that a role",
      ),
    },
  ])("is rejected if it names another partition: $change.1", ({ change: [from = "", to = ""], message }) => {
    const text = (PLATFORM_FILES[ACCOUNTS] ?? "").replace(from, to);

    expect(diagnosticTexts(compileTexts({ [ACCOUNTS]: text }))).toEqual([message]);
  });
});

describe("a ManagedPolicy", () => {
  const policy = (resource: string): string =>
    `apiVersion: grantkeeper.dev/v1alpha1\nkind: ManagedPolicy\nmetadata: {name: p}\nspec:\n  document: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "s3:GetObject", Resource: "${resource}"}]}\n`;

  test("is rejected in an account of another partition", () => {
    const files = { "teams/orders/p.yaml": policy("arn:aws-cn:s3:::b/k") };

    expect(ofSpec("  managedPolicies: [p]\n", files)).toEqual([
      'teams/orders/p.yaml:5:99 "arn:aws-cn:s3:::b/k" is in partition aws-cn; account prod is in aws → write arn:aws:…',
    ]);
  });

  test("may be meant for any partition with an account if no function attaches it", () => {
    const files = { ...TWO_PARTITIONS, "teams/orders/p.yaml": policy("arn:aws-cn:s3:::b/k") };

    expect(diagnosticTexts(compileTexts(files))).toEqual([]);
  });
});

describe("the partition of a region", () => {
  test.each([
    ["eu-west-1", "aws"],
    ["ap-southeast-7", "aws"],
    ["cn-northwest-1", "aws-cn"],
    ["us-gov-east-1", "aws-us-gov"],
    ["us-iso-west-1", "aws-iso"],
    ["us-isob-east-1", "aws-iso-b"],
    ["eu-isoe-west-1", "aws-iso-e"],
    ["us-isof-south-1", "aws-iso-f"],
    ["eusc-de-east-1", "aws-eusc"],
    ["mars-east-1", undefined],
    ["toString", undefined],
  ])("of %s is %s", (region, partition) => {
    expect(partitionOfRegion(region)).toBe(partition);
  });

  test("the list of partitions is sorted", () => {
    expect(PARTITIONS).toEqual([...PARTITIONS].sort());
  });
});

describe("a variable that a YAML escape hides", () => {
  test("is substituted and checked", () => {
    expect(ofSpec('  grants:\n    - dynamodb: {table: "*\\x24{x}", allow: [read]}\n')).toEqual([
      expect.stringContaining(`${FILE}:7:25 unknown variable \${x}`),
    ]);
  });
});
