import { describe, expect, test } from "@jest/globals";
import { GRANT_ENTRIES } from "../../../../src/manifest/grants/catalogue.ts";
import { listsVerb, verbOfCompanion } from "../../../../src/model/rules/team.ts";
import { fenced, ORDERS, PAYMENTS, rulesAt, teamFindings } from "./fenced.ts";

// The catalogue compiles a key and a secret to statements of their own, whose verb no Team can list: `readKey`.

const ENTRIES = GRANT_ENTRIES.flatMap(({ grant, verbs, examples }) =>
  examples.map((example) => ({
    entry: JSON.stringify({ [grant]: example as object }),
    listed: `{${grant}: [${Object.keys(verbs).join(", ")}]}`,
  })),
);

describe("a Team that lists all verbs of a grant", () => {
  test.each(ENTRIES)("allows $entry", ({ entry, listed }) => {
    const teams = { orders: `accounts: ["*"], functions: ["*"], resources: ["*"], grants: ${listed}` };

    expect(rulesAt(teamFindings(fenced(`  grants: [${entry}]`, teams)))).toEqual([]);
  });

  test("no verb of the catalogue has the name of a companion", () => {
    const verbs = GRANT_ENTRIES.flatMap((entry) => Object.keys(entry.verbs));

    expect(verbs.filter((verb) => verbOfCompanion(verb) !== null)).toEqual([]);
  });
});

test("a verb that the Team does not list is refused by its own name, and its key by none", () => {
  const teams = { orders: `${ORDERS}, grants: {secrets: [read]}` };
  const spec = "  grants: [{secrets: {secret: orders-x, allow: [rotate], kmsKey: alias/orders-x}}]";

  expect(new Set(teamFindings(fenced(spec, teams)).map(({ why }) => why))).toEqual(
    new Set(["Team orders (platform/teams.yaml:1:1) does not allow secrets: [rotate]"]),
  );
});

describe("a share that is limited to a verb", () => {
  const share = "{with: orders, resources: ['payments-*'], grants: {s3: [read], dynamodb: [read]}}";
  const teams = { orders: ORDERS, payments: `${PAYMENTS}, shares: [${share}]` };

  test.each([
    ["a bucket", "s3: {bucket: payments-x, allow: [read], kmsKey: alias/payments-x}"],
    ["a table", "dynamodb: {table: payments-x, allow: [read], kmsKey: alias/payments-x}"],
  ])("includes the key of %s", (_, grant) => {
    expect(rulesAt(teamFindings(fenced(`  grants: [{${grant}}]`, teams)))).toEqual([]);
  });

  test.each([
    ["of another verb", "s3: {bucket: orders-x, allow: [write], kmsKey: alias/payments-x}"],
    ["of another grant", "sqs: {queue: orders-x, allow: [consume], kmsKey: alias/payments-x}"],
  ])("does not include the key %s", (_, grant) => {
    expect(rulesAt(teamFindings(fenced(`  grants: [{${grant}}]`, teams)))[0]).toMatch(/^TEN-004/);
  });
});

test.each([
  { verb: "read", grants: { s3: ["read"] }, is: true },
  { verb: "readKey", grants: { s3: ["read"] }, is: true },
  { verb: "writeKey", grants: { s3: ["read"] }, is: false },
  { verb: "useKey", grants: { s3: ["read"] }, is: true },
  { verb: "useKey", grants: { s3: [] }, is: false },
  { verb: "read", grants: {}, is: false },
])("s3 $verb is listed in $grants: $is", ({ verb, grants, is }) => {
  expect(listsVerb(grants, { grant: "s3", verb })).toBe(is);
});

describe("exact actions", () => {
  const whyOf = (allow: string, grants: string): readonly string[] => {
    const spec = `  grants: [{sqs: {queue: orders-x, allow: [${allow}], kmsKey: alias/orders-x}}]`;
    const found = teamFindings(fenced(spec, { orders: `${ORDERS}, grants: ${grants}` }));
    return [...new Set(found.map(({ why }) => why))];
  };

  test.each([
    { allow: "ReceiveMessage, DeleteMessage", grants: "{sqs: [consume]}" },
    { allow: "GetQueueAttributes, GetQueueUrl", grants: "{sqs: [consume]}" },
    { allow: "GetQueueAttributes, GetQueueUrl", grants: "{sqs: [send]}" },
    { allow: "SendMessage, ReceiveMessage", grants: "{sqs: [send, consume]}" },
  ])("[$allow] are allowed by a Team with $grants", ({ allow, grants }) => {
    expect(whyOf(allow, grants)).toEqual([]);
  });

  test.each([
    { allow: "SendMessage", grants: "{sqs: [consume]}", named: "SendMessage" },
    { allow: "SendMessage, GetQueueUrl", grants: "{sqs: [consume]}", named: "SendMessage" },
    { allow: "consume, SendMessage", grants: "{sqs: [consume]}", named: "SendMessage" },
    {
      allow: "ReceiveMessage, DeleteMessage",
      grants: "{s3: [read]}",
      named: "ReceiveMessage, DeleteMessage",
    },
  ])("[$allow] are refused by a Team with $grants, which names $named", ({ allow, grants, named }) => {
    expect(whyOf(allow, grants)).toEqual([
      `Team orders (platform/teams.yaml:1:1) does not allow sqs: [${named}]`,
    ]);
  });

  test.each([
    {
      entry: "kinesis: {stream: orders-x, allow: [DescribeStreamSummary]",
      grants: "{kinesis: [put]}",
      is: false,
    },
    {
      entry: "kinesis: {stream: orders-x, allow: [DescribeStreamSummary]",
      grants: "{kinesis: [read]}",
      is: true,
    },
    {
      entry: "kinesis: {stream: orders-x, allow: [PutRecord, DescribeStreamSummary]",
      grants: "{kinesis: [put]}",
      is: true,
    },
    { entry: "secrets: {secret: orders-x, allow: [GetSecretValue]", grants: "{secrets: [rotate]}", is: true },
  ])("use a key as a verb of the Team does: $entry by $grants is $is", ({ entry, grants, is }) => {
    const teams = { orders: `${ORDERS}, grants: ${grants}` };
    const whys = (key: string) =>
      teamFindings(fenced(`  grants: [{${entry}${key}}}]`, teams)).map(({ why }) => why);

    expect(whys("")).toEqual([]);
    expect(whys(", kmsKey: alias/orders-x")).toEqual(
      is ? [] : ["Team orders (platform/teams.yaml:1:1) does not allow kinesis: [DescribeStreamSummary]"],
    );
  });

  test("of a key's name are no companion: GetPublicKey is judged", () => {
    const spec = "  grants: [{kms: {key: alias/orders-x, allow: [GetPublicKey]}}]";
    const rules = (grants: string) =>
      rulesAt(teamFindings(fenced(spec, { orders: `${ORDERS}, grants: ${grants}` })));

    expect(rules("{kms: [decrypt]}")[0]).toMatch(/^TEN-005/);
    expect(rules("{kms: [verify]}")).toEqual([]);
  });

  test.each([
    { allow: "GetObject", is: true },
    { allow: "PutObject", is: false },
  ])("use what is shared for their verb: $allow $is", ({ allow, is }) => {
    const share = "{with: orders, resources: ['payments-*'], grants: {s3: [read]}}";
    const teams = { orders: ORDERS, payments: `${PAYMENTS}, shares: [${share}]` };
    const spec = `  grants: [{s3: {bucket: payments-x, allow: [${allow}], kmsKey: alias/payments-x}}]`;

    expect(rulesAt(teamFindings(fenced(spec, teams))).length === 0).toBe(is);
  });
});

test.each([
  { verbs: ["send", "consume"], listed: ["consume"], is: true },
  { verbs: ["send"], listed: ["consume"], is: false },
  { verbs: ["send"], listed: [], is: false },
])("an action of $verbs is listed by $listed: $is", ({ verbs, listed, is }) => {
  const only = [{ name: "GetQueueUrl", verbs }];

  expect(listsVerb({ sqs: listed }, { grant: "sqs", verb: "send", only })).toBe(is);
});
