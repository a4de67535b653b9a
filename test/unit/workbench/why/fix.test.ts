import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { cli } from "../../../support/screens/cli.ts";
import { ORDERS, STAGING, WhyFolder, denied, session, type FixValue } from "../../../support/screens/why.ts";

let folder: WhyFolder;
beforeEach(async () => {
  folder = await WhyFolder.make();
});
afterEach(() => folder.remove());

/** The file with the suggested lines inserted where the answer places them. */
function fixed(text: string, { kind, lines, line, path }: FixValue): string {
  const all = text.split("\n");
  if (kind === "change-grant") {
    const [change = ""] = lines;
    const field = change.slice(0, change.indexOf(":"));
    const at = all.findIndex((each, index) => index >= line - 1 && new RegExp(`\\b${field}: \\[`).test(each));
    return all
      .map((each, index) =>
        index === at ? each.replace(new RegExp(`\\b${field}: \\[.*?\\]`), change) : each,
      )
      .join("\n");
  }
  const isInSpec = path === "spec";
  const dash = (all[line - 1] ?? "").indexOf("-");
  const indent = isInSpec ? 2 : dash;
  const isInside = (each: string): boolean => !isInSpec && each.search(/\S/) > dash;
  const more = all.slice(line).findIndex((each) => !isInside(each));
  const end = line + Math.max(0, more);
  return [
    ...all.slice(0, end),
    ...lines.map((each) => `${" ".repeat(indent)}${each}`),
    ...all.slice(end),
  ].join("\n");
}

describe("the lines that fix it", () => {
  test.each([
    { target: "orders/orders-api@staging", action: "dynamodb:Scan", resource: ORDERS, kind: "change-grant" },
    {
      target: "orders/orders-api@staging",
      action: "dynamodb:Query",
      resource: `${ORDERS}/index/by-day`,
      kind: "change-grant",
    },
    {
      target: "orders/orders-api@staging",
      action: "s3:PutObject",
      resource: "arn:aws:s3:::acme-uploads-staging/orders/1",
      kind: "change-grant",
    },
    {
      target: "orders/orders-api@staging",
      action: "s3:PutObject",
      resource: "arn:aws:s3:::acme-reports-staging/x y/1",
      kind: "add-grant",
    },
    {
      target: "orders/orders-api@staging",
      action: "xray:PutTraceSegments",
      resource: "*",
      kind: "set-tracing",
    },
    {
      target: "orders/orders-worker@prod",
      action: "states:SendTaskSuccess",
      resource: "*",
      kind: "change-grant",
    },
    {
      target: "payments/refunds@prod",
      action: "sqs:sendmessage",
      resource: "arn:aws:sqs:eu-west-1:444455556666:q.fifo",
      kind: "add-grant",
    },
    {
      target: "payments/refunds@prod",
      action: "ssm:GetParametersByPath",
      resource: "arn:aws:ssm:us-east-1:444455556666:parameter/a/b",
      kind: "add-grant",
    },
    {
      target: "search/index@staging",
      action: "kinesis:SubscribeToShard",
      resource: `arn:aws:kinesis:${STAGING}:stream/other/consumer/c:1`,
      kind: "add-grant",
    },
    {
      target: "reports/report-archive@staging",
      action: "translate:TranslateText",
      resource: "*",
      kind: "add-statement",
    },
    {
      target: "orders/orders-api@staging",
      action: "states:DescribeMapRun",
      resource: `arn:aws:states:${STAGING}:mapRun:m/x:1`,
      kind: "add-statement",
    },
  ])(
    "allow $action on $resource once they are inserted ($kind)",
    async ({ target, action, resource, kind }) => {
      const before = await folder.value([target, action, resource]);
      const { fix } = before;
      if (fix === null) throw new Error("nothing fixes it");
      await writeFile(fix.file, fixed(await readFile(fix.file, "utf8"), fix));

      const after = await folder.value([target, action, resource]);

      expect({ kind: fix.kind, before: before.answer, after: after.answer }).toEqual({
        kind,
        before: "denied",
        after: "allowed",
      });
      expect((await cli(["validate", folder.root])).code).toBe(fix.guard.verdict === "passes" ? 0 : 3);
    },
  );

  test.each([
    {
      because: "a list in brackets takes an entry in braces",
      grants: "  grants: [{ sqs: { queue: a, allow: [send] } }]",
      lines: ["{ sqs: { queue: b, allow: [send] } }"],
    },
    {
      because: "an empty list is replaced",
      grants: "  grants: []",
      lines: ["grants:", "  - sqs: { queue: b, allow: [send] }"],
    },
    {
      because: "a missing list is started",
      grants: "",
      lines: ["grants:", "  - sqs: { queue: b, allow: [send] }"],
    },
  ])("$because", async ({ grants, lines }) => {
    await writeFile(
      join(folder.root, "teams/orders/small.yaml"),
      `apiVersion: grantkeeper.dev/v1alpha1\nkind: FunctionPermission\nmetadata: { name: small }\nspec:\n  targets: [{ accounts: [staging], regions: [eu-west-1] }]\n${grants}\n`,
    );

    const { fix } = await folder.value(["orders/small", "sqs:SendMessage", `arn:aws:sqs:${STAGING}:b`]);

    expect(fix?.lines).toEqual(lines);
  });
});

describe("why, when the request can be read in another way", () => {
  test("a bucket of another account needs its own policy too", async () => {
    const argv = ["orders/orders-api@staging", "s3:GetObject", "arn:aws:s3:::acme-uploads-staging/orders/1"];

    expect((await folder.why(argv)).code).toBe(0);
    expect((await folder.why([...argv, "--resource-account", "999988887777"])).out).toContain(
      "the policy of the resource has to allow it too, and was not read",
    );
    expect((await folder.why([...argv, "--resource-account", "x"])).err).toContain(
      '--resource-account "x" is not an account id',
    );
  });

  test("a message about another function is answered for the named function, with a note", async () => {
    const stdin = denied(
      session("other-role", "other"),
      "sqs:SendMessage",
      " on resource: arn:aws:sqs:eu-west-1:444455556666:q",
    );

    expect((await folder.value(["orders/orders-api@prod", "-"], { stdin })).notes).toEqual([
      `AWS's message is about ${session("other-role", "other")}, not about this function`,
    ]);
  });

  test("a grant with an end allows nothing after it, and the answer notes that", async () => {
    const argv = ["payments/refunds@prod", "s3:PutObject", "arn:aws:s3:::acme-reports-prod/disputes/1"];

    expect((await folder.why(argv)).out).toContain(
      "hint:  write in this s3 grant, which ends 2027-03-31T00:00:00Z: teams/payments/refunds.yaml:13:7\n      allow: [read, write]\n",
    );
  });

  test("findings that exist anyway are separate from findings that the lines would cause", async () => {
    const manifest = join(folder.root, "teams/orders/orders-api.yaml");
    const wide =
      '  statements:\n    - { reason: "x", statement: { Effect: Allow, Action: "sqs:SendMessage", Resource: "*" } }\n';
    await writeFile(manifest, `${await readFile(manifest, "utf8")}${wide}`);
    const argv = ["orders/orders-api@staging", "dynamodb:Scan", ORDERS];

    expect((await folder.why(argv)).out).toMatch(/✗ refused {2}RES-001 .* {2}already without these lines: /);
    expect((await folder.value(argv)).fix?.guard).toMatchObject({
      verdict: "refused",
      before: [{ rule: "RES-001" }],
    });
  });

  test("a refusal that reads the same in several accounts is printed once", async () => {
    const argv = ["orders/orders-api@staging", "dynamodb:DescribeBackup", `${ORDERS}/backup/*`];

    const { out } = await folder.why(argv);
    const refused = out.split("\n").filter((line) => line.startsWith("✗ refused"));

    expect(new Set(refused).size).toBe(refused.length);
  });
});
