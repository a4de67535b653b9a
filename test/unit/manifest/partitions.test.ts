import { describe, expect, test } from "@jest/globals";
import { PARTITIONS, partitionOfRegion } from "../../../src/model/aws/partitions.ts";
import {
  accountText,
  compileTexts,
  diagnosticTexts,
  functionText,
  PLATFORM_FILES,
} from "../../support/manifests.ts";

const FILE = "teams/orders/a.yaml";
const CN = "333333333333";
const ACCOUNTS = "platform/accounts.yaml";

/** `prod` in `aws`, and beside it `beijing` in `aws-cn`. */
const TWO_PARTITIONS = {
  [ACCOUNTS]: `${accountText("prod", "222222222222")}---\n${accountText("beijing", CN)
    .replaceAll("arn:aws:", "arn:aws-cn:")
    .replace("regions: [eu-west-1, us-east-1]", "partition: aws-cn\n  regions: [cn-north-1]")}`,
};

function ofSpec(spec: string, files: Readonly<Record<string, string>> = {}): readonly string[] {
  return diagnosticTexts(compileTexts({ ...files, [FILE]: functionText("a", spec) }));
}

const statement = (json: string): string => `  statements:\n    - reason: x\n      statement: ${json}\n`;

describe("what a function of partition aws names", () => {
  const IN_CHINA = "is in partition aws-cn; account prod is in aws → write arn:aws:…";

  test.each([
    {
      spec: "  grants:\n    - sqs: {queue: 'arn:aws-cn:sqs:cn-north-1:222222222222:q', allow: [send]}\n",
      says: `${FILE}:7:20 "arn:aws-cn:sqs:cn-north-1:222222222222:q" ${IN_CHINA}`,
      because: "a grant's ARN",
    },
    {
      spec: "  grants:\n    - sqs: {queue: 'arn:aws-mars:sqs:eu-west-1:222222222222:q', allow: [send]}\n",
      says: `${FILE}:7:20 "arn:aws-mars:sqs:eu-west-1:222222222222:q" names an unknown partition "aws-mars"; account prod is in aws → write arn:aws:…`,
      because: "a partition that AWS does not have",
    },
    {
      spec: "  grants:\n    - sqs: {queue: 'arn:aws:sqs:cn-north-1:222222222222:q', allow: [send]}\n",
      says: `${FILE}:7:20 region "cn-north-1": it is in partition aws-cn; account prod is in aws → name a region of partition aws`,
      because: "an ARN whose region is elsewhere",
    },
    {
      spec: "  grants:\n    - sqs: {queue: 'arn:aws:sqs:mars-north-1:222222222222:q', allow: [send]}\n",
      says: `${FILE}:7:20 region "mars-north-1": no partition of AWS has it; account prod is in aws → name a region of partition aws`,
      because: "a region that nowhere is",
    },
    {
      spec: "  grants:\n    - s3: {bucket: uploads, allow: [read], kmsKey: 'arn:aws-us-gov:kms:us-gov-west-1:222222222222:key/11111111-2222-3333-4444-555555555555'}\n",
      says: expect.stringContaining("is in partition aws-us-gov"),
      because: "a key of GovCloud",
    },
    {
      spec: "  grants:\n    - bedrock: {model: anthropic.claude-v2, regions: [us-gov-west-1], allow: [invoke]}\n",
      says: expect.stringContaining('region "us-gov-west-1": it is in partition aws-us-gov'),
      because: "a region in a list",
    },
    {
      spec: statement(
        '{Effect: Allow, Action: "s3:GetObject", Resource: ["arn:aws:s3:::b/*", "arn:aws-cn:s3:::b/*"]}',
      ),
      says: `${FILE}:8:89 "arn:aws-cn:s3:::b/*" ${IN_CHINA}`,
      because: "a resource in IAM's own words",
    },
    {
      spec: statement(
        '{Effect: Deny, Action: "s3:GetObject", Resource: "*", Condition: {ArnLike: {"aws:PrincipalArn": "arn:aws-cn:iam::222222222222:role/x"}}}',
      ),
      says: expect.stringContaining(IN_CHINA),
      because: "a condition's value, which would never match",
    },
    {
      spec: statement('{Effect: Allow, NotAction: "s3:*", NotResource: "arn:aws-us-gov:s3:::b"}'),
      says: expect.stringContaining("is in partition aws-us-gov"),
      because: "a resource that is left out",
    },
    {
      spec: "  invokedBy:\n    - sns: {topic: 'arn:aws-cn:sns:cn-north-1:222222222222:t'}\n",
      says: expect.stringContaining(IN_CHINA),
      because: "a caller's ARN",
    },
    {
      spec: "  invokedBy:\n    - cognito: {userPool: cn-north-1_AbCdEfGhI}\n",
      says: expect.stringContaining('region "cn-north-1": it is in partition aws-cn'),
      because: "the region of a user pool's id",
    },
    {
      spec: "  managedPolicies: ['arn:aws-cn:iam::aws:policy/X']\n",
      says: `${FILE}:6:21 "arn:aws-cn:iam::aws:policy/X" ${IN_CHINA}`,
      because: "an attached policy",
    },
  ])("$because is an error at its field", ({ spec, says }) => {
    expect(ofSpec(spec)).toEqual([says]);
  });

  test("is not a text for people: a tag or a reason may name anything", () => {
    const arn = "arn:aws-cn:s3:::b/k";
    const spec = `  role: {tags: {source: "${arn}", owner: "${CN}"}}\n  statements:\n    - reason: ${arn}\n      statement: {Effect: Allow, Action: "s3:GetObject", Resource: "arn:aws:s3:::b/k"}\n`;

    expect(ofSpec(spec, TWO_PARTITIONS)).toEqual([]);
  });

  test("a variable's value is checked after substitution", () => {
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
    { spec: `  invokedBy:\n    - account: {id: "${CN}"}\n`, because: "a caller's account" },
    { spec: `  invokedBy:\n    - s3: {bucket: uploads, account: "${CN}"}\n`, because: "a bucket's account" },
    { spec: `  invokedBy:\n    - functionUrl: {authType: iam, account: "${CN}"}\n`, because: "of a URL" },
    {
      spec: `  grants:\n    - sqs: {queue: 'arn:aws:sqs:eu-west-1:${CN}:q', allow: [send]}\n`,
      because: "the account of an ARN",
    },
  ])("an account that is known in another partition is an error: $because", ({ spec }) => {
    expect(ofSpec(spec, TWO_PARTITIONS)).toEqual([
      expect.stringContaining(`account ${CN} is in partition aws-cn; account prod is in aws`),
    ]);
  });

  test.each([
    { spec: statement('{Effect: Allow, Action: "s3:GetObject", Resource: "arn:*:s3:::b/*"}') },
    { spec: statement('{Effect: Allow, Action: "sqs:SendMessage", Resource: "arn:aws:sqs:*:*:q"}') },
    { spec: statement('{Effect: Allow, Action: "s3:GetObject", Resource: "arn:${partition}:s3:::b/*"}') },
    { spec: '  invokedBy:\n    - account: {id: "999999999999"}\n' },
  ])("its own partition, patterns and unknown accounts pass: $spec", ({ spec }) => {
    expect(ofSpec(spec, TWO_PARTITIONS)).toEqual([]);
  });
});

describe("an AwsAccount", () => {
  test.each([
    {
      change: ["regions: [eu-west-1, us-east-1]", "regions: [eu-west-1, cn-north-1]"],
      says: `${ACCOUNTS}:6:24 region "cn-north-1": it is in partition aws-cn; the account is in aws → write partition: aws-cn, or another region`,
    },
    {
      change: ["regions: [eu-west-1, us-east-1]", "regions: [eu-west-1, mars-east-1]"],
      says: `${ACCOUNTS}:6:24 region "mars-east-1": no partition of AWS has it; the account is in aws → name a region of partition aws`,
    },
    {
      change: ["  mode: enforce", "  partition: aws-mars\n  mode: enforce"],
      says: expect.stringMatching(
        /:7:14 "aws-mars" is not a partition of AWS \(aws, aws-cn, .*\) → write it like aws$/,
      ),
    },
    {
      change: [
        "arn:aws:iam::222222222222:role/grantkeeper-system/observer",
        "arn:aws-cn:iam::222222222222:role/o",
      ],
      says: expect.stringContaining(
        ":8:20 arn:aws-cn:iam::222222222222:role/o is not a role of account 222222222222",
      ),
    },
    {
      change: [
        "arn:aws:iam::222222222222:role/grantkeeper-system/writer",
        "arn:aws:iam::333333333333:role/w",
      ],
      says: expect.stringContaining(
        ":9:18 arn:aws:iam::333333333333:role/w is not a role of account 222222222222",
      ),
    },
    {
      change: ["  tagKeys:", "  protectedPolicies: ['arn:aws-cn:iam::aws:policy/X']\n  tagKeys:"],
      says: expect.stringContaining(
        ":11:23 arn:aws-cn:iam::aws:policy/X is not a policy that a role of account",
      ),
    },
    {
      change: ["  tagKeys:", "  protectedPolicies: ['arn:aws:iam::333333333333:policy/X']\n  tagKeys:"],
      says: expect.stringContaining(":11:23 arn:aws:iam::333333333333:policy/X is not a policy that a role"),
    },
  ])("is refused where it names another partition: $change.1", ({ change: [from = "", to = ""], says }) => {
    const text = (PLATFORM_FILES[ACCOUNTS] ?? "").replace(from, to);

    expect(diagnosticTexts(compileTexts({ [ACCOUNTS]: text }))).toEqual([says]);
  });
});

describe("a ManagedPolicy", () => {
  const policy = (resource: string): string =>
    `apiVersion: grantkeeper.dev/v1alpha1\nkind: ManagedPolicy\nmetadata: {name: p}\nspec:\n  document: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "s3:GetObject", Resource: "${resource}"}]}\n`;

  test("is refused in an account of another partition", () => {
    const files = { "teams/orders/p.yaml": policy("arn:aws-cn:s3:::b/k") };

    expect(ofSpec("  managedPolicies: [p]\n", files)).toEqual([
      'teams/orders/p.yaml:5:99 "arn:aws-cn:s3:::b/k" is in partition aws-cn; account prod is in aws → write arn:aws:…',
    ]);
  });

  test("that nothing attaches may be meant for any partition that has an account", () => {
    const files = { ...TWO_PARTITIONS, "teams/orders/p.yaml": policy("arn:aws-cn:s3:::b/k") };

    expect(diagnosticTexts(compileTexts(files))).toEqual([]);
  });
});

describe("regions by their names", () => {
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
  ])("%s is in %s", (region, partition) => {
    expect(partitionOfRegion(region)).toBe(partition);
  });

  test("partitions are sorted", () => {
    expect(PARTITIONS).toEqual([...PARTITIONS].sort());
  });
});

describe("a variable that an escape of YAML hides", () => {
  test("is substituted and checked like any other", () => {
    expect(ofSpec('  grants:\n    - dynamodb: {table: "*\\x24{x}", allow: [read]}\n')).toEqual([
      expect.stringContaining(`${FILE}:7:25 unknown variable \${x}`),
    ]);
  });
});
