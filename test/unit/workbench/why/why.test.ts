import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { functionText } from "../../../support/manifests.ts";
import { ORDERS, STAGING, WhyFolder, denied, session } from "../../../support/screens/why.ts";
import { templateText } from "../../../support/templates.ts";

let folder: WhyFolder;
beforeEach(async () => {
  folder = await WhyFolder.make();
});
afterEach(() => folder.remove());

describe("why, from the declared permissions", () => {
  test("an allowed request names the statements that decide, and where they are written", async () => {
    expect(await folder.why(["orders/orders-api@staging/eu-west-1", "dynamodb:GetItem", ORDERS])).toEqual({
      code: 0,
      out: [
        `allowed  dynamodb:GetItem on ${ORDERS}`,
        "  orders/orders-api@staging/eu-west-1, as declared in Git",
        "  identity  statement DynamodbRead260d1f35 in teams/orders/orders-api.yaml:13:7",
        "  boundary  statement StatementAllowcd1fb94e in platform/boundary.yaml:12:9",
        "",
      ].join("\n"),
      err: "",
    });
  });

  test("a denied one names the nearest statement, the part that does not match, and the line that fixes it", async () => {
    expect(
      await folder.why([
        "orders/orders-api@staging",
        "dynamodb:GetItem",
        `arn:aws:dynamodb:${STAGING}:table/customers`,
      ]),
    ).toEqual({
      code: 2,
      out: [
        `denied  dynamodb:GetItem on arn:aws:dynamodb:${STAGING}:table/customers`,
        "  orders/orders-api@staging/eu-west-1, as declared in Git",
        "  no identity policy allows it",
        "  nearest  statement DynamodbRead260d1f35 in teams/orders/orders-api.yaml:13:7",
        `  ✗ resource: ${ORDERS}, the request has arn:aws:dynamodb:${STAGING}:table/customers`,
        "",
        "hint:  write below this grant: teams/orders/orders-api.yaml:22:7",
        "    - dynamodb: { table: customers, allow: [read] }",
        "note:  read has no Scan. If the code scans: allow: [read, scan]",
        "note:  it changes orders/orders-api@prod/eu-west-1 too",
        "guardrails passed (without the rules that need live state)",
        "",
      ].join("\n"),
      err: "",
    });
  });

  test("actions are printed in AWS's spelling", async () => {
    const { out } = await folder.why(["orders/orders-api@staging", "dynamodb:scan", ORDERS]);

    expect(out).toContain("dynamodb:DescribeTable or dynamodb:GetItem, the request has dynamodb:Scan\n");
  });

  test("a boundary's denial names its statement, and no grant alone is suggested", async () => {
    const { code, out } = await folder.why(["orders/orders-api@staging", "dynamodb:DeleteTable", ORDERS]);

    expect(code).toBe(2);
    expect(out).toContain(
      "  boundary  statement StatementDeny4d213e6b in platform/boundary.yaml:84:9 denies it\n",
    );
    expect(out).toContain("note:  these lines are not enough: the boundary forbids it\n");
    expect(out).toContain(
      "note:  the platform team has to change the boundary arn:aws:iam::111122223333:policy/grantkeeper-boundary/platform-default\n",
    );
  });

  test("if only the boundary denies, its owner is named and no grant is suggested", async () => {
    const manifest = join(folder.root, "teams/orders/orders-api.yaml");
    const text = await readFile(manifest, "utf8");
    const more = `${text}  statements:\n    - { reason: "x", statement: { Effect: Allow, Action: "textract:AnalyzeDocument", Resource: "*" } }\n`;
    await writeFile(manifest, more);

    const { code, out } = await folder.why(["orders/orders-api@staging", "textract:AnalyzeDocument", "*"]);

    expect(code).toBe(2);
    expect(out).toContain("  the boundary does not hold it: no statement of it allows it\n");
    expect(out).toContain(
      "hint:  the platform team has to change the boundary arn:aws:iam::111122223333:policy/",
    );
    expect(out).not.toContain("- reason");
  });

  test("a Deny in the function's own manifest suggests no grant", async () => {
    const { code, out } = await folder.why(["payments/capture@staging", "ec2:CreateNetworkInterface", "*"]);

    expect(code).toBe(2);
    expect(out).toContain(
      "  identity  statement VpcAttachaa6caee4 in teams/payments/capture.yaml:12:3 denies it\n",
    );
    expect(out).toContain("note:  a Deny overrides every grant");
    expect(out).not.toContain("fix");
  });

  test.each([
    {
      because: "an AWS-managed document may deny",
      argv: [
        "search/query@staging",
        "bedrock:InvokeModel",
        "arn:aws:bedrock:eu-west-1::foundation-model/amazon.titan-embed-text-v2:0",
      ],
      expected:
        "teams/search/query.yaml:10:7 allows it, unless a policy of the role denies it; arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess: an AWS-managed policy; its document is in no manifest",
    },
    {
      because: "an AWS-managed document may allow",
      argv: ["search/query@staging", "xray:PutTraceSegments", "*"],
      expected: "no known policy allows it; arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess may",
    },
    {
      because: "a condition decides on a value that was not given",
      argv: [
        "payments/capture@staging",
        "kms:Decrypt",
        `arn:aws:kms:${STAGING}:key/1234abcd-12ab-34cd-56ef-1234567890ab`,
      ],
      expected: "add what the request contains: --context kms:resourcealiases=… --context kms:viaservice=…",
    },
    {
      because: "a key's own policy decides too",
      argv: [
        "payments/capture@staging",
        "kms:Decrypt",
        `arn:aws:kms:${STAGING}:key/1234abcd-12ab-34cd-56ef-1234567890ab`,
        "--context=kms:ResourceAliases=alias/payments",
        "--context=kms:ViaService=secretsmanager.eu-west-1.amazonaws.com",
      ],
      expected: "the policy of the resource has to allow it too, and was not read",
    },
  ])("is unknown where $because", async ({ argv, expected }) => {
    const { code, out } = await folder.why(argv);

    expect(code).toBe(3);
    expect(out).toMatch(/^unknown {2}/);
    expect(out).toContain(expected);
  });

  test("an expired grant is fixed by a new end, not by a grant without one", async () => {
    const { code, out } = await folder.why(
      ["payments/refunds@prod", "s3:GetObject", "arn:aws:s3:::acme-reports-prod/disputes/1"],
      { clock: { nowMs: () => Date.parse("2027-06-01T00:00:00Z"), sleep: async () => undefined } },
    );

    expect(code).toBe(2);
    expect(out).toContain(
      "  ✗ condition: DateLessThan aws:CurrentTime 2027-03-31T00:00:00Z, the request has 2027-06-01T00:00:00Z\n",
    );
    expect(out).toContain(
      "hint:  this date has passed: set a new one, or remove it for permanent access: teams/payments/refunds.yaml:14:7\n",
    );
    expect(out).not.toContain("- s3:");
  });

  test("a use of a template that has ended is fixed by a new end of the use", async () => {
    const template = "  grants: [{sqs: {queue: jobs, allow: [send]}}]\n";
    const use = '  templates: [{template: t, version: 1, until: "2026-01-01T00:00:00Z"}]\n';
    await writeFile(join(folder.root, "platform/t.yaml"), templateText("t", 1, template));
    await writeFile(join(folder.root, "teams/orders/mailer.yaml"), functionText("mailer", use));

    const { out } = await folder.why([
      "orders/mailer@prod",
      "sqs:SendMessage",
      "arn:aws:sqs:eu-west-1:444455556666:jobs",
    ]);

    expect(out).toContain(
      "hint:  this date has passed: set a new one, or remove it for permanent access: teams/orders/mailer.yaml:6:41\n",
    );
    expect(out).not.toContain("- sqs:");
  });

  test("an action that AWS does not have suggests no line", async () => {
    const { code, out } = await folder.why(["orders/orders-api@prod", "states:SendTaskSucess", "*"]);

    expect(code).toBe(2);
    expect(out).toContain("has no action states:SendTaskSucess, did you mean states:SendTaskSuccess?\n");
    expect(out).not.toContain("fix");
  });

  test.each([
    {
      because: "a service that AWS does not have is reported",
      argv: ["nothere:Get", "*"],
      note: "has no service nothere",
    },
    {
      because: "an action that takes no resource is reported",
      argv: ["s3:ListAllMyBuckets", "arn:aws:s3:::b"],
      note: "s3:ListAllMyBuckets takes no resource: ask with *",
    },
    {
      because: "a grant that needs a name is reported",
      argv: ["states:SendTaskSuccess", "*"],
      note: "prefer a grant, if it can name the resource: states with allow: [callback]",
    },
    {
      because: "a grant without verbs that needs a name is reported",
      argv: ["cloudwatch:PutMetricData", "*"],
      note: "prefer a grant, if it can name the resource: metrics",
    },
  ])("$because", async ({ argv, note }) => {
    const { notes } = await folder.value(["orders/orders-api@prod", ...argv]);

    expect(notes).toContainEqual(expect.stringContaining(note));
  });

  test("names the guard rule that would refuse the line", async () => {
    const argv = ["orders/orders-api@staging", "dynamodb:DescribeBackup", "*"];

    expect((await folder.value(argv)).fix?.guard).toMatchObject({
      verdict: "refused",
      findings: [{ rule: "RES-001" }],
    });
    expect((await folder.why(argv)).out).toMatch(
      /\n✗ refused {2}RES-001 {2}teams\/orders\/orders-api.yaml:\d+:\d+ {2}.+\n {2}hint: {2}/,
    );
  });
});

describe("a question", () => {
  test.each([
    {
      argv: ["orders/orders-api", "sqs:SendMessage", "*"],
      expected:
        "orders/orders-api matches 2 functions: orders/orders-api@staging/eu-west-1, orders/orders-api@prod/eu-west-1",
    },
    { argv: ["orders/orders-apj", "sqs:SendMessage", "*"], expected: "did you mean orders/orders-api?" },
    { argv: ["orders/orders-api@prod", "sqs:*", "*"], expected: '"sqs:*" is not an action' },
    { argv: ["orders/orders-api@prod", "sqs:SendMessage", "q"], expected: '"q" is neither an ARN nor *' },
    {
      argv: ["orders/orders-api@prod", "s3:GetObject", "arn:aws-cn:s3:::b/k"],
      expected: "arn:aws-cn:s3:::b/k is of partition aws-cn, the caller of aws",
    },
    { argv: ["orders/orders-api@prod", "sqs:SendMessage"], expected: "an action and a resource are needed" },
    { argv: ["-", "live.json"], expected: 'unexpected "live.json" after -' },
    { argv: ["orders/orders-api@prod", "-", "q"], expected: 'unexpected "q" after -' },
    {
      argv: ["orders/orders-api@prod", "-", "--live", "--live-file", "live.json"],
      expected: "option '--live-file <file>' cannot be used with option '--live'",
    },
    {
      argv: ["orders/orders-api@prod", "sqs:SendMessage", "*", "--context", "x"],
      expected: '--context "x" is not of the form key=value',
    },
  ])("such as $argv is rejected: $expected", async ({ argv, expected }) => {
    const { code, out, err } = await folder.why(argv);

    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toContain(expected);
  });

  test("about a function whose manifest has problems reports them", async () => {
    await writeFile(join(folder.root, "teams/search/query.yaml"), "kind: FunctionPermission\n");
    const manifest = join(folder.root, "teams/orders/orders-api.yaml");
    await writeFile(manifest, (await readFile(manifest, "utf8")).replace("allow: [send]", "allow: [sned]"));
    const stdin = denied(session("orders-api-eu-west-1", "orders-api"), "sqs:SendMessage", " on resource: *");

    for (const argv of [["orders/orders-api@prod", "sqs:SendMessage", "*"], ["-"]]) {
      expect((await folder.why(argv, { stdin })).err).toContain(
        "some manifests here have problems: grantkeeper validate",
      );
    }
  });
});
