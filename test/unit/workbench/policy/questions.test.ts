import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { type CliRun } from "../../../support/screens/cli.ts";
import { ACCOUNT, allow, document, PolicyFolder, QUEUE } from "../../../support/screens/policy-command.ts";

const ROLE = `arn:aws:iam::${ACCOUNT}:role/orders`;

let folder: PolicyFolder;
beforeEach(async () => {
  folder = await PolicyFolder.open();
});
afterEach(() => folder.remove());

describe("policy can", () => {
  const ask = async (
    more: readonly string[],
    asked = ["sqs:SendMessage", QUEUE],
    stdin = "",
  ): Promise<CliRun> => folder.run(["can", "--as", ROLE, ...more, ...asked], stdin);

  test("names the statements that allow", async () => {
    const own = await folder.file("own.json", document(allow({ Sid: "Send" })));
    const boundary = await folder.file("boundary.json", document(allow({ Action: "*", Resource: "*" })));

    expect(await ask(["--policy", own, "--boundary", boundary])).toEqual({
      code: 0,
      out: `allowed  sqs:SendMessage on ${QUEUE}\n  identity  statement Send in own.json\n  boundary  a statement without Sid in boundary.json\n`,
      err: "",
    });
  });

  test("notes that no request has this action with this resource", async () => {
    const own = await folder.file("own.json", document(allow({ Action: "sqs:*" })));

    const { code, err } = await ask(["--policy", own], ["sqs:SendMessageBatch", QUEUE]);

    expect(code).toBe(0);
    expect(err.replaceAll(/\s+/g, " ")).toContain(
      `note: no request can use sqs:SendMessageBatch on ${QUEUE}: SQS checks a batch`,
    );
  });

  test("names the Deny", async () => {
    const [own, other] = [
      await folder.file("own.json", document(allow())),
      await folder.file("other.json", document({ ...allow({ Sid: "No" }), Effect: "Deny" })),
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
        /^ {2}✗ condition: DateLessThan aws:CurrentTime 2020-01-01T00:00:00Z, the request has 20\d\d-.*Z$/,
      ),
      "  ✗ condition: StringEquals aws:SourceVpc v1 or v2, the request has v3, v4",
      "  ✗ condition: StringLike aws:PrincipalTag/t ${aws:username}, the request does not have it; without a value: aws:username",
      "",
    ]);
  });

  test.each([
    {
      because: "an action",
      statement: { Action: "sqs:Receive*" },
      part: "action: sqs:receive*, the request has sqs:SendMessage",
    },
    {
      because: "all actions but some",
      statement: { Action: undefined, NotAction: "sqs:*" },
      part: "action: all but sqs:*, the request has sqs:SendMessage",
    },
    {
      because: "a resource",
      statement: { Resource: [`${QUEUE}1`, `${QUEUE}2`] },
      part: `resource: ${QUEUE}1 or ${QUEUE}2, the request has ${QUEUE}`,
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
      await folder.run(["can", "--as", "sns.amazonaws.com", "--resource-policy", "-", ...asked], invoke),
    ).toMatchObject({ code: 0 });
    expect(
      (await folder.run(["can", "--as", "events.amazonaws.com", "--resource-policy", "-", ...asked], invoke))
        .out,
    ).toContain(
      "  no policy of the resource allows it\n  nearest  a statement without Sid in standard input\n  ✗ principal: Service sns.amazonaws.com, the caller is Service events.amazonaws.com\n",
    );
    expect(
      (await folder.run(["can", "--as", "anonymous", "--resource-policy", "-", ...asked], invoke)).out,
    ).toContain("the caller is anonymous\n");
  });

  test("reports that no statement is near, or that the boundary does not contain the request", async () => {
    const other = document(allow({ Action: "s3:*" }));
    const own = await folder.file("own.json", document(allow()));

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
      await folder.run(
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
    { argv: ["--as", ROLE], asked: ["s3:Get*", "*"], message: '"s3:Get*" is not an action' },
    {
      argv: ["--as", ROLE],
      asked: ["s3:GetObject", "arn:aws-cn:s3:::data/x"],
      message: "arn:aws-cn:s3:::data/x is of partition aws-cn, the caller of aws: no request crosses",
    },
    { argv: ["--as", ROLE], asked: ["s3:GetObject", "bucket"], message: '"bucket" is neither an ARN nor *' },
    {
      argv: ["--as", ROLE, "--context", "k"],
      asked: ["s3:GetObject", "*"],
      message: '--context "k" is not of the form key=value',
    },
    {
      argv: ["--as", ROLE, "--resource-account", "1"],
      asked: ["s3:GetObject", "*"],
      message: '--resource-account "1" is not an account id',
    },
    {
      argv: ["--as", ROLE, "--trust", "a", "--resource-policy", "b"],
      asked: ["s3:GetObject", "*"],
      message: "--trust and --resource-policy exclude each other",
    },
  ])("$message", async ({ argv, asked, message }) => {
    const { code, err } = await folder.run(["can", ...argv, ...asked]);

    expect(code).toBe(1);
    expect(err).toContain(`error: ${message}`);
  });
});

describe("policy surface", () => {
  test("lists what a role may do inside its boundary, and its limits", async () => {
    const own = await folder.file(
      "own.json",
      document(allow({ Sid: "All", Action: ["sqs:*", "s3:GetObject"], Resource: "*" })),
    );
    const denial = await folder.file(
      "deny.json",
      document({
        ...allow({ Action: "*", Resource: "arn:aws:s3:::secret/*", Condition: { Bool: { a: "true" } } }),
        Effect: "Deny",
      }),
    );
    const boundary = document(allow({ Sid: "B", Action: ["sqs:SendMessage", "s3:*"], Resource: "*" }));

    const { code, out } = await folder.run(["surface", own, denial, "--boundary", "-"], boundary);

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

    expect((await folder.run(["surface", "--type", "resource", "-"], document(invoke))).out).toBe(
      `WHO                        ACTION                 ON  FROM              LIMITS\nService sns.amazonaws.com  lambda:InvokeFunction  *   standard input a  when {"StringEquals":{"aws:sourceaccount":["${ACCOUNT}"]}}\n`,
    );
  });

  test("reports that nothing is allowed, and what is not understood", async () => {
    expect((await folder.run(["surface", "-"], document({ Fresh: 1 }))).out).toBe(
      'nothing is allowed\nnot understood in standard input: {"Fresh":1}\n',
    );
  });

  test.each([
    { argv: ["--type", "trust", "-"], message: "error: a trust policy allows nothing by itself" },
    { argv: ["--type", "resource", "-", "--boundary", "b"], message: "error: a resource has no boundary" },
  ])("$message", async ({ argv, message }) => {
    const { code, err } = await folder.run(["surface", ...argv]);

    expect({ code, err: err.split("\n")[0] }).toEqual({ code: 1, err: message });
  });
});
