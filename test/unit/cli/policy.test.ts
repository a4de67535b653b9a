import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { cli, type CliRun } from "../../support/screens/cli.ts";

const ACCOUNT = "111122223333";
const ROLE = `arn:aws:iam::${ACCOUNT}:role/orders`;
const QUEUE = `arn:aws:sqs:eu-west-1:${ACCOUNT}:q`;

const document = (...statements: readonly object[]): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: statements });
const allow = (fields: object = {}): object => ({
  Effect: "Allow",
  Action: "sqs:SendMessage",
  Resource: QUEUE,
  ...fields,
});

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "gk-policy-"));
});
afterEach(() => rm(root, { recursive: true }));

async function file(name: string, text: string | Buffer): Promise<string> {
  await writeFile(join(root, name), text);
  return join(root, name);
}

/** The output without the folder's name. */
async function policy(argv: readonly string[], stdin = ""): Promise<CliRun> {
  const { code, out, err } = await cli(["policy", ...argv], { stdin });
  return { code, out: out.replaceAll(`${root}/`, ""), err: err.replaceAll(`${root}/`, "") };
}

describe("policy diff", () => {
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
        `  - may no longer  sqs:SendMessage             ${QUEUE}  when Bool aws:securetransport false, denied by statement Tls`,
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
        `  - may no longer  sqs:SendMessage  ${QUEUE}  when StringEquals aws:sourcevpc v1 or v2, now only when StringEquals aws:sourcevpc v1`,
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
        `  + may now  sqs:SendMessage  ${QUEUE}  before only when Bool aws:securetransport true`,
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
        '  + may now        what is not understood     {"Odd":1}',
        '  - may no longer  what is not understood     {"Odd":1}',
        "  - may no longer  s3:GetObject            *  denied by a statement, nothing here allows it, risk: exfiltration",
      ],
    },
  ])("prints $tier with exit code $code", async ({ a: first = document(allow()), b, code, expected }) => {
    const a = await file("a.json", first);

    const ran = await policy(["diff", a, "-"], b);

    expect(ran.out.split("\n")).toEqual([...expected, ""]);
    expect(ran.code).toBe(code);
  });

  test("as JSON has the rows with their places and risk, the documents' lines and the proofs", async () => {
    const [a, b] = [
      await file("a.json", document(allow())),
      await file("b.json", document(allow(), allow({ Sid: "p", Action: "iam:Pass*", Resource: "*" }))),
    ];

    const { code, out } = await policy(["diff", a, b, "-o", "json"]);

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
      expanded: [{ pattern: "iam:Pass*", actions: ["iam:PassRole"] }],
    });
  });

  test("of trusts treats an account's id and its root ARN as equal", async () => {
    const trust = (principal: string): string =>
      document({ Effect: "Allow", Action: "sts:AssumeRole", Principal: { AWS: principal } });
    const a = await file("a.json", trust(ACCOUNT));

    expect(
      await policy(["diff", "--type", "trust", a, "-"], trust(`arn:aws:iam::${ACCOUNT}:root`)),
    ).toMatchObject({ code: 0, out: "equal\n" });
    expect(
      await policy(
        ["diff", "--type", "trust", "--partition", "aws-cn", a, "-"],
        trust(`arn:aws:iam::${ACCOUNT}:root`),
      ),
    ).toMatchObject({
      code: 2,
      err: "note: standard input: it names ARNs of partition aws, not aws-cn\n",
    });
  });

  test("needs two documents, at most one of them from standard input", async () => {
    expect(await policy(["diff"])).toMatchObject({
      code: 1,
      err: "error: policy diff needs two documents\nhint:  name two files, one of them may be -\n",
    });
    expect(await policy(["diff", "-", "-"], document(allow()))).toMatchObject({
      code: 1,
      err: "error: standard input can be read once\nhint:  name a file for the others\n",
    });
    expect(await policy(["diff", "a", "b", "--batch", "-"])).toMatchObject({
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

    const { code, out, err } = await policy(["diff", "--batch", "-"], `${lines.join("\n")}\n`);

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
    const { code, out } = await policy(["diff", "--batch", await file("pairs.jsonl", lines.join("\n"))]);

    expect(code).toBe(0);
    expect(out).toBe('{"tier":"metadata"}\n'.repeat(1_201));
  });

  test("reports a file that does not exist", async () => {
    expect(await policy(["diff", "--batch", join(root, "none")])).toMatchObject({
      code: 1,
      err: "error: cannot read none (ENOENT)\n",
    });
  });
});

describe("input that is not text, or too long", () => {
  test("bytes that are not UTF-8 are refused, not replaced", async () => {
    const bytes = Buffer.from(document(allow({ Sid: "\u00e9" })), "latin1");
    expect(await policy(["normalize", await file("latin1.json", bytes)])).toMatchObject({
      code: 1,
      out: "",
      err: "error: latin1.json is not UTF-8 text\nhint:  save it as UTF-8\n",
    });
  });

  test("an endless file is not read to its end", async () => {
    expect(await policy(["check", "/dev/zero"])).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^error: .*zero has more than 16 MiB\nhint: {2}give one policy document\n$/),
    });
  });
});

test("a line break in a Sid does not start a new line", async () => {
  const plain = await file("plain.json", document(allow({ Sid: "a\n  proved: nothing" })));
  const other = await file("other.json", document(allow({ Sid: "a\n  proved: nothing", Action: "s3:*" })));
  const { out } = await policy(["diff", plain, other]);
  expect(out).toContain("  statement a   proved: nothing\n");
  expect(out).not.toContain("\n  proved: nothing");
});

describe("policy normalize", () => {
  test("prints the normal form, which is its own normal form", async () => {
    const { code, out } = await policy(
      ["normalize", "-"],
      document(allow({ Sid: "", Action: ["SQS:SendMessage", "sqs:sendmessage"] })),
    );

    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: ["sqs:sendmessage"], Resource: [QUEUE] }],
    });
    expect((await policy(["normalize", "-"], out)).out).toBe(out);
  });

  test("keeps content that is not understood, and reports it", async () => {
    const { code, out, err } = await policy(
      ["normalize", "-", "-o", "yaml"],
      document({ Fresh: 1 }, { Sid: "x", Fresh: 2 }),
    );

    expect(code).toBe(0);
    expect(out).toContain("- Fresh: 1\n");
    expect(err).toBe(
      'note: standard input: a statement is not understood: unknown element "Fresh"\nnote: standard input: statement x is not understood: unknown element "Fresh"\n',
    );
  });
});

describe("an invalid document", () => {
  test.each([
    { text: "", message: "standard input:1:1: it is empty" },
    {
      text: '{\n  "Statement": [,]\n}',
      message: 'standard input:2:17: expected a value, found ","',
    },
    {
      text: '{"Version": "2012-10-17"',
      message: 'standard input:1:25: expected a comma or "}", found the end of the text',
    },
    { text: "{} x", message: 'standard input:1:4: unexpected "x"' },
    {
      text: JSON.stringify(document(allow())),
      message: "standard input:1:1: the policy stands in a string: it was encoded twice",
    },
    { text: "{}", message: "standard input:1:1: Statement is missing" },
    { text: "[]", message: "standard input:1:1: a policy is a JSON object" },
    {
      text: "%7B%7D",
      message: "standard input:1:1: it is percent-encoded, as IAM's API returns documents",
    },
    {
      text: '{"__proto__": {}, "Statement": []}',
      message: 'standard input:1:2: unknown element "__proto__"',
    },
    {
      text: '{"constructor": 1, "Statement": []}',
      message: 'standard input:1:2: unknown element "constructor"',
    },
    {
      text: document({ Effect: "Allow", Principal: "*", Action: "sts:AssumeRole" }),
      message: "standard input: a statement has a Principal, a policy of kind identity has none",
    },
  ])("$message", async ({ text, message }) => {
    const { code, out, err } = await policy(["normalize", "-"], text);

    expect({ code, out, err: err.split("\n")[0] }).toEqual({ code: 1, out: "", err: `error: ${message}` });
  });

  test.each([
    {
      argv: ["--type", "trust", "-"],
      message: "error: standard input: no statement has a Principal, a policy of kind trust has one",
    },
    { argv: ["--account", "1", "-"], message: 'error: --account "1" is no account id' },
    { argv: ["--partition", "moon", "-"], message: 'error: --partition "moon" is no partition' },
    { argv: ["none.json"], message: "error: cannot read none.json (ENOENT)" },
  ])("$message", async ({ argv, message }) => {
    const { code, err } = await policy(["normalize", ...argv], document(allow({ Resource: undefined })));

    expect({ code, err: err.split("\n")[0] }).toEqual({ code: 1, err: message });
  });
});

describe("policy can", () => {
  const ask = async (
    more: readonly string[],
    asked = ["sqs:SendMessage", QUEUE],
    stdin = "",
  ): Promise<CliRun> => policy(["can", "--as", ROLE, ...more, ...asked], stdin);

  test("names the statements that allow", async () => {
    const own = await file("own.json", document(allow({ Sid: "Send" })));
    const boundary = await file("boundary.json", document(allow({ Action: "*", Resource: "*" })));

    expect(await ask(["--policy", own, "--boundary", boundary])).toEqual({
      code: 0,
      out: `allowed  sqs:SendMessage on ${QUEUE}\n  identity  statement Send in own.json\n  boundary  a statement without Sid in boundary.json\n`,
      err: "",
    });
  });

  test("names the Deny", async () => {
    const [own, other] = [
      await file("own.json", document(allow())),
      await file("other.json", document({ ...allow({ Sid: "No" }), Effect: "Deny" })),
    ];

    expect(await ask(["--policy", own, "--session-policy", other])).toMatchObject({
      code: 2,
      out: `denied  sqs:SendMessage on ${QUEUE}\n  session  statement No in other.json denies it\n`,
    });
  });

  test("names the nearest statement and the part of it that does not match", async () => {
    const own = document(
      allow({
        Sid: "Send",
        Condition: {
          StringEquals: { "aws:SourceVpc": ["v1", "v2"] },
          DateLessThan: { "aws:CurrentTime": "2020-01-01T00:00:00Z" },
          StringLike: { "aws:PrincipalTag/t": "${aws:username}" },
        },
      }),
    );

    const { code, out } = await ask(
      ["--policy", "-", "--context", "aws:SourceVpc=v3", "--context", "AWS:sourcevpc=v4"],
      undefined,
      own,
    );

    expect(code).toBe(2);
    expect(out.split("\n")).toEqual([
      `denied  sqs:SendMessage on ${QUEUE}`,
      "  no identity policy allows it",
      "  nearest  statement Send in standard input",
      expect.stringMatching(
        /^ {2}✗ condition: DateLessThan aws:currenttime 2020-01-01T00:00:00Z, the request has 20\d\d-.*Z$/,
      ),
      "  ✗ condition: StringEquals aws:sourcevpc v1 or v2, the request has v3, v4",
      "  ✗ condition: StringLike aws:principaltag/t ${aws:username}, the request does not have it; without a value: aws:username",
      "",
    ]);
  });

  test.each([
    {
      because: "an action",
      statement: { Action: "sqs:Receive*" },
      part: "action: sqs:receive*, asked is sqs:SendMessage",
    },
    {
      because: "all actions but some",
      statement: { Action: undefined, NotAction: "sqs:*" },
      part: "action: all but sqs:*, asked is sqs:SendMessage",
    },
    {
      because: "a resource",
      statement: { Resource: [`${QUEUE}1`, `${QUEUE}2`] },
      part: `resource: ${QUEUE}1 or ${QUEUE}2, asked is ${QUEUE}`,
    },
  ])("explains $because", async ({ statement, part }) => {
    expect((await ask(["--policy", "-"], undefined, document(allow(statement)))).out).toContain(
      `\n  ✗ ${part}\n`,
    );
  });

  test("explains a principal", async () => {
    const invoke = document({
      Effect: "Allow",
      Principal: { Service: "sns.amazonaws.com" },
      Action: "lambda:InvokeFunction",
      Resource: "*",
    });
    const asked = ["lambda:InvokeFunction", `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:f`];

    expect(
      await policy(["can", "--as", "sns.amazonaws.com", "--resource-policy", "-", ...asked], invoke),
    ).toMatchObject({ code: 0 });
    expect(
      (await policy(["can", "--as", "events.amazonaws.com", "--resource-policy", "-", ...asked], invoke)).out,
    ).toContain(
      "  no policy of the resource allows it\n  nearest  a statement without Sid in standard input\n  ✗ principal: Service sns.amazonaws.com, the caller is Service events.amazonaws.com\n",
    );
    expect(
      (await policy(["can", "--as", "anonymous", "--resource-policy", "-", ...asked], invoke)).out,
    ).toContain("the caller is anonymous\n");
  });

  test("reports that no statement is near, or that the boundary does not contain the request", async () => {
    const other = document(allow({ Action: "s3:*" }));
    const own = await file("own.json", document(allow()));

    expect((await ask(["--policy", "-"], undefined, other)).out).toBe(
      `denied  sqs:SendMessage on ${QUEUE}\n  no identity policy allows it\n`,
    );
    expect((await ask(["--policy", own, "--boundary", "-"], undefined, other)).out).toContain(
      "  the boundary does not hold it: no statement of it allows it\n",
    );
  });

  test("does not guess the policy of another account's resource", async () => {
    const own = document(allow({ Resource: "*" }));

    expect(await ask(["--policy", "-", "--resource-account", "444455556666"], undefined, own)).toEqual({
      code: 3,
      out: `unknown  sqs:SendMessage on ${QUEUE}\n  the policy of the resource has to allow it too, and was not read\n`,
      err: "hint:  name it with --resource-policy, or --trust for a role that is assumed\n",
    });
  });

  test("evaluates a trust", async () => {
    const trust = document({
      Effect: "Allow",
      Principal: { Service: "lambda.amazonaws.com" },
      Action: "sts:AssumeRole",
    });

    expect(
      await policy(
        ["can", "--as", "lambda.amazonaws.com", "--trust", "-", "sts:AssumeRole", ROLE, "-o", "json"],
        trust,
      ),
    ).toMatchObject({
      code: 0,
      out: expect.stringContaining('"kind": "allowed"'),
    });
  });

  test.each([
    {
      argv: ["--as", "orders"],
      asked: ["s3:GetObject", "*"],
      message: '--as "orders" is neither the ARN of a role',
    },
    { argv: ["--as", ROLE], asked: ["s3:Get*", "*"], message: '"s3:Get*" is no action' },
    {
      argv: ["--as", ROLE],
      asked: ["s3:GetObject", "arn:aws-cn:s3:::data/x"],
      message: "arn:aws-cn:s3:::data/x is of partition aws-cn, the caller of aws: no request crosses",
    },
    { argv: ["--as", ROLE], asked: ["s3:GetObject", "bucket"], message: '"bucket" is neither an ARN nor *' },
    {
      argv: ["--as", ROLE, "--context", "k"],
      asked: ["s3:GetObject", "*"],
      message: '--context "k" is no key=value',
    },
    {
      argv: ["--as", ROLE, "--resource-account", "1"],
      asked: ["s3:GetObject", "*"],
      message: '--resource-account "1" is no account id',
    },
    {
      argv: ["--as", ROLE, "--trust", "a", "--resource-policy", "b"],
      asked: ["s3:GetObject", "*"],
      message: "--trust and --resource-policy exclude each other",
    },
  ])("$message", async ({ argv, asked, message }) => {
    const { code, err } = await policy(["can", ...argv, ...asked]);

    expect(code).toBe(1);
    expect(err).toContain(`error: ${message}`);
  });
});

describe("policy surface", () => {
  test("lists what a role may do inside its boundary, and its limits", async () => {
    const own = await file(
      "own.json",
      document(allow({ Sid: "All", Action: ["sqs:*", "s3:GetObject"], Resource: "*" })),
    );
    const denial = await file(
      "deny.json",
      document({
        ...allow({ Action: "*", Resource: "arn:aws:s3:::secret/*", Condition: { Bool: { a: "true" } } }),
        Effect: "Deny",
      }),
    );
    const boundary = document(allow({ Sid: "B", Action: ["sqs:SendMessage", "s3:*"], Resource: "*" }));

    const { code, out } = await policy(["surface", own, denial, "--boundary", "-"], boundary);

    const denied = 'but for * on arn:aws:s3:::secret/* when {"Bool":{"a":["true"]}}';
    expect(code).toBe(0);
    expect(out.replaceAll(/ +/g, " ").split("\n")).toEqual([
      "ACTION ON FROM LIMITS",
      `s3:GetObject * own.json All ${denied}, risk: exfiltration`,
      `sqs:SendMessage * own.json All within sqs:SendMessage on * of standard input B, ${denied}`,
      "",
    ]);
  });

  test("lists who may invoke a function", async () => {
    const invoke = {
      Sid: "a",
      Effect: "Allow",
      Principal: { Service: "sns.amazonaws.com" },
      Action: "lambda:InvokeFunction",
      Resource: "*",
      Condition: { StringEquals: { "aws:SourceAccount": ACCOUNT } },
    };

    expect((await policy(["surface", "--type", "resource", "-"], document(invoke))).out).toBe(
      `WHO                        ACTION                 ON  FROM              LIMITS\nService sns.amazonaws.com  lambda:InvokeFunction  *   standard input a  when {"StringEquals":{"aws:sourceaccount":["${ACCOUNT}"]}}\n`,
    );
  });

  test("reports that nothing is allowed, and what is not understood", async () => {
    expect((await policy(["surface", "-"], document({ Fresh: 1 }))).out).toBe(
      'nothing is allowed\nnot understood in standard input: {"Fresh":1}\n',
    );
  });

  test.each([
    { argv: ["--type", "trust", "-"], message: "error: a trust policy allows nothing by itself" },
    { argv: ["--type", "resource", "-", "--boundary", "b"], message: "error: a resource has no boundary" },
  ])("$message", async ({ argv, message }) => {
    const { code, err } = await policy(["surface", ...argv]);

    expect({ code, err: err.split("\n")[0] }).toEqual({ code: 1, err: message });
  });
});
