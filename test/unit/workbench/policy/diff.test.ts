import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { cli } from "../../../support/screens/cli.ts";
import { ACCOUNT, allow, document, PolicyFolder, QUEUE } from "../../../support/screens/policy-command.ts";

let folder: PolicyFolder;
beforeEach(async () => {
  folder = await PolicyFolder.open();
});
afterEach(() => folder.remove());

describe("policy diff", () => {
  test("a row that is too wide for a terminal continues below its beginning, and loses no text", async () => {
    const a = await folder.file("a.json", document(allow({ Action: ["s3:*"], Resource: "*" })));
    const b = await folder.file("b.json", document(allow({ Action: ["s3:GetObject"], Resource: "*" })));
    const terminal = { isTerminal: true, columns: 60 };

    const { out } = await cli(["policy", "diff", a, b], { terminal, env: { NO_COLOR: "1" } });

    const rows = out.split("\n\n")[2]?.split("\n") ?? [];
    expect(rows.join(" ").replaceAll(/ +/g, " ").trim()).toMatch(
      /^- may no longer s3:\* \(\d+ actions today\) \* possible, not proved, risk: credential$/,
    );
    expect(Math.max(...rows.map((row) => row.length))).toBeLessThanOrEqual(60);
    expect(rows.length).toBeGreaterThan(1);
  });

  const sid = document(allow({ Sid: "a" }));

  test.each([
    { tier: "equal", b: document(allow({ Action: ["SQS:sendMessage"] })), code: 0, expected: ["equal"] },
    {
      tier: "metadata",
      b: sid,
      code: 0,
      expected: ["metadata: only Sids or the Id differ", "", "  statement a", "    + Sid  a"],
    },
    {
      tier: "meaning",
      b: document(allow({ Resource: [QUEUE, "*"] })),
      a: document(allow({ Resource: "*" })),
      code: 0,
      expected: [
        "meaning: written otherwise, allowing the same",
        "",
        "  statement 1",
        `    + Resource  ${QUEUE}`,
      ],
    },
    {
      tier: "security",
      b: document(allow({ Action: "sqs:Send*" }), {
        ...allow({ Sid: "Tls", Condition: { Bool: { "aws:SecureTransport": false } } }),
        Effect: "Deny",
      }),
      code: 2,
      expected: [
        "security: what they allow differs, or is not known to be the same",
        "",
        "  statement 1",
        "    - Action  sqs:SendMessage",
        "    + Action  sqs:Send*",
        "  statement Tls, new",
        "    + Effect     Deny",
        "    + Action     sqs:SendMessage",
        `    + Resource   ${QUEUE}`,
        "    + Condition  Bool aws:SecureTransport false",
        "",
        `  + may now        sqs:Send* (1 action today)  ${QUEUE}  possible, not proved`,
        `  - may no longer  sqs:SendMessage             ${QUEUE}  if aws:SecureTransport Bool false, denied by statement Tls`,
      ],
    },
    {
      tier: "security",
      a: document(allow({ Condition: { StringEquals: { "aws:SourceVpc": ["v1", "v2"] } } })),
      b: document(allow({ Sid: "S", Condition: { StringEquals: { "aws:SourceVpc": "v1" } } })),
      code: 2,
      expected: [
        "security: what they allow differs, or is not known to be the same",
        "",
        "  statement S",
        "    - Condition  StringEquals aws:SourceVpc v2",
        "    + Sid        S",
        "",
        `  - may no longer  sqs:SendMessage  ${QUEUE}  if aws:SourceVpc StringEquals v1 or v2, now only if aws:SourceVpc StringEquals v1`,
        "",
        "  proved: the second allows nothing that the first does not",
      ],
    },
    {
      tier: "security",
      a: document(allow({ Condition: { Bool: { "aws:SecureTransport": true } } })),
      b: document(allow(), allow({ Sid: "P", Action: "iam:PassRole" })),
      code: 2,
      expected: [
        "security: what they allow differs, or is not known to be the same",
        "",
        "  statement 1",
        "    - Condition  Bool aws:SecureTransport true",
        "  statement P, new",
        "    + Effect    Allow",
        "    + Action    iam:PassRole",
        `    + Resource  ${QUEUE}`,
        "",
        `  + may now  iam:PassRole     ${QUEUE}  statement P`,
        `  + may now  sqs:SendMessage  ${QUEUE}  before only if aws:SecureTransport Bool true`,
        "",
        "  proved: the second allows all that the first does",
      ],
    },
    {
      tier: "security",
      a: document(allow()),
      b: document(allow(), { Effect: "Deny", Action: "s3:GetObject", Resource: "*" }, { Odd: 1 }),
      code: 2,
      expected: [
        "security: what they allow differs, or is not known to be the same",
        "",
        "  statement 2, new",
        "    + Effect    Deny",
        "    + Action    s3:GetObject",
        "    + Resource  *",
        "  statement 3, new",
        '    + statement  {"Odd":1}',
        "",
        '  + may now        permissions not understood     {"Odd":1}',
        '  - may no longer  permissions not understood     {"Odd":1}',
        "  - may no longer  s3:GetObject                *  denied by a statement, nothing here allows it, risk: exfiltration",
      ],
    },
  ])("prints $tier with exit code $code", async ({ a: first = document(allow()), b, code, expected }) => {
    const a = await folder.file("a.json", first);

    const ran = await folder.run(["diff", a, "-"], b);

    expect(ran.out.split("\n")).toEqual([...expected, ""]);
    expect(ran.code).toBe(code);
  });

  test("names what no request can use, because it is no gain and no loss", async () => {
    const a = await folder.file("a.json", document(allow()));
    const batch = ["sqs:SendMessage", "sqs:SendMessageBatch"];

    const { out, code } = await folder.run(["diff", a, "-"], document(allow({ Action: batch })));

    expect(code).toBe(0);
    expect(out.split("\n")[0]).toBe("no effect: written otherwise, proved to allow the same");
    expect(out).not.toMatch(/security|may now|may no longer/);
    expect(out.replaceAll(/\s+/g, " ")).toContain(
      ` note: no request can use sqs:SendMessageBatch on ${QUEUE}: SQS checks a batch by the action without Batch (`,
    );
  });

  test("as JSON has the rows with their places and risk, the documents' lines and the proofs", async () => {
    const [a, b] = [
      await folder.file("a.json", document(allow())),
      await folder.file("b.json", document(allow(), allow({ Sid: "p", Action: "iam:Pass*", Resource: "*" }))),
    ];

    const { code, out } = await folder.run(["diff", a, b, "-o", "json"]);

    expect(code).toBe(2);
    expect(JSON.parse(out)).toMatchObject({
      tier: "security",
      document: [{ kind: "statement-added", statement: "statement p" }],
      allowed: [{ action: "iam:Pass*", sid: "p", risk: "escalation", otherCondition: null, limit: null }],
      noLongerAllowed: [],
      unknownEffect: [],
      narrower: {
        kind: "not-proved",
        because: "iam:Pass* on * is allowed, of which the other allows nothing",
      },
      wider: { kind: "proved" },
      unusable: [],
      expanded: [{ pattern: "iam:Pass*", actions: ["iam:PassRole"] }],
    });
  });

  test("of trusts treats an account's id and its folder.root ARN as equal", async () => {
    const trust = (principal: string): string =>
      document({ Effect: "Allow", Action: "sts:AssumeRole", Principal: { AWS: principal } });
    const a = await folder.file("a.json", trust(ACCOUNT));

    expect(
      await folder.run(["diff", "--type", "trust", a, "-"], trust(`arn:aws:iam::${ACCOUNT}:root`)),
    ).toMatchObject({ code: 0, out: "equal\n" });
    expect(
      await folder.run(
        ["diff", "--type", "trust", "--partition", "aws-cn", a, "-"],
        trust(`arn:aws:iam::${ACCOUNT}:root`),
      ),
    ).toMatchObject({
      code: 2,
      err: "note:  standard input: it names ARNs of partition aws, not aws-cn\n",
    });
  });

  test("needs two documents, at most one of them from standard input", async () => {
    expect(await folder.run(["diff"])).toMatchObject({
      code: 1,
      err: "error: policy diff needs two documents\nhint:  name two files, one of them may be -\n",
    });
    expect(await folder.run(["diff", "-", "-"], document(allow()))).toMatchObject({
      code: 1,
      err: "error: standard input can be read once\nhint:  name a file for the others\n",
    });
    expect(await folder.run(["diff", "a", "b", "--batch", "-"])).toMatchObject({
      code: 1,
      err: "error: --batch and documents exclude each other\n",
    });
  });
});

describe("policy diff --batch", () => {
  const pair = (fields: object): string =>
    JSON.stringify({ type: "identity", a: document(allow()), b: document(allow()), ...fields });

  test("answers each line in order; a broken line gives an error line, and the others are compared", async () => {
    const lines = [
      pair({}),
      "{",
      pair({ b: document(allow({ Sid: "x" })) }),
      pair({
        b: document(allow({ Action: ["sqs:*", "sqs:SendMessage"] })),
        a: document(allow({ Action: "sqs:*" })),
      }),
      pair({ b: document(allow({ Action: "sqs:*" })) }),
      pair({ b: 1 }),
      pair({ type: "other" }),
      pair({ account: "1" }),
      pair({ partition: "moon" }),
      pair({ b: "[]" }),
      pair({ a: "{\n,}" }),
      pair({ b: document({ Effect: "Allow", Principal: "*", Action: "sts:AssumeRole" }) }),
      pair({ type: "trust" }),
      pair({ a: document(allow({ Resource: "Principal" })) }),
      pair({ account: null, partition: null }),
      pair({ type: "trust", account: ACCOUNT, partition: "aws-cn", a: document(), b: document() }),
      "[]",
    ];

    const { code, out, err } = await folder.run(["diff", "--batch", "-"], `${lines.join("\n")}\n`);

    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(
      out
        .split("\n")
        .slice(0, -1)
        .map((line): unknown => JSON.parse(line)),
    ).toEqual([
      { tier: "equal" },
      { error: "the line is not a JSON object" },
      { tier: "metadata" },
      { tier: "meaning" },
      { tier: "security" },
      { error: "a and b are documents as strings" },
      { error: "type is identity, boundary, trust or resource" },
      { error: "account is an id of twelve digits" },
      { error: "partition is a name such as aws or aws-cn" },
      { error: "b:1:1: a policy is a JSON object" },
      { error: 'a:2:1: expected a value, found ","' },
      { error: "b: a statement has a Principal, a policy of kind identity has none" },
      { error: "a: no statement has a Principal, a policy of kind trust has one" },
      { tier: "security" },
      { tier: "equal" },
      { tier: "equal" },
      { error: "the line is not a JSON object" },
    ]);
  });

  test("reads a file, however many lines it has", async () => {
    const lines = Array.from({ length: 1_201 }, (_, at) => pair({ b: document(allow({ Sid: `s${at}` })) }));
    const { code, out } = await folder.run([
      "diff",
      "--batch",
      await folder.file("pairs.jsonl", lines.join("\n")),
    ]);

    expect(code).toBe(0);
    expect(out).toBe('{"tier":"metadata"}\n'.repeat(1_201));
  });

  test("reports a file that does not exist", async () => {
    expect(await folder.run(["diff", "--batch", join(folder.root, "none")])).toMatchObject({
      code: 1,
      err: "error: cannot read none (ENOENT)\n",
    });
  });
});
