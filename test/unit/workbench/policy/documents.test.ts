import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { allow, document, PolicyFolder, QUEUE } from "../../../support/screens/policy-command.ts";

let folder: PolicyFolder;
beforeEach(async () => {
  folder = await PolicyFolder.open();
});
afterEach(() => folder.remove());

describe("input that is not text, or too long", () => {
  test("bytes that are not UTF-8 are refused, not replaced", async () => {
    const bytes = Buffer.from(document(allow({ Sid: "\u00e9" })), "latin1");
    expect(await folder.run(["normalize", await folder.file("latin1.json", bytes)])).toMatchObject({
      code: 1,
      out: "",
      err: "error: latin1.json is not UTF-8 text\nhint:  save it as UTF-8\n",
    });
  });

  test("an endless file is not read to its end", async () => {
    expect(await folder.run(["check", "/dev/zero"])).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^error: .*zero has more than 16 MiB\nhint: {2}give one policy document\n$/),
    });
  });
});

test("a line break in a Sid does not start a new line", async () => {
  const plain = await folder.file("plain.json", document(allow({ Sid: "a\n  proved: nothing" })));
  const other = await folder.file(
    "other.json",
    document(allow({ Sid: "a\n  proved: nothing", Action: "s3:*" })),
  );
  const { out } = await folder.run(["diff", plain, other]);
  expect(out).toContain("  statement a   proved: nothing\n");
  expect(out).not.toContain("\n  proved: nothing");
});

describe("policy normalize", () => {
  test("prints the normal form, which is its own normal form", async () => {
    const { code, out } = await folder.run(
      ["normalize", "-"],
      document(allow({ Sid: "", Action: ["SQS:SendMessage", "sqs:sendmessage"] })),
    );

    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: ["sqs:sendmessage"], Resource: [QUEUE] }],
    });
    expect((await folder.run(["normalize", "-"], out)).out).toBe(out);
  });

  test("keeps content that is not understood, and reports it", async () => {
    const { code, out, err } = await folder.run(
      ["normalize", "-", "-o", "yaml"],
      document({ Fresh: 1 }, { Sid: "x", Fresh: 2 }),
    );

    expect(code).toBe(0);
    expect(out).toContain("- Fresh: 1\n");
    expect(err).toBe(
      'note:  standard input: a statement is not understood: unknown element "Fresh"\nnote:  standard input: statement x is not understood: unknown element "Fresh"\n',
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
      message: "standard input:1:1: the policy is inside a string: it was encoded twice",
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
    const { code, out, err } = await folder.run(["normalize", "-"], text);

    expect({ code, out, err: err.split("\n")[0] }).toEqual({ code: 1, out: "", err: `error: ${message}` });
  });

  test.each([
    {
      argv: ["--type", "trust", "-"],
      message: "error: standard input: no statement has a Principal, a policy of kind trust has one",
    },
    { argv: ["--account", "1", "-"], message: 'error: --account "1" is not an account id' },
    { argv: ["--partition", "moon", "-"], message: 'error: --partition "moon" is not a partition' },
    { argv: ["none.json"], message: "error: cannot read none.json (ENOENT)" },
  ])("$message", async ({ argv, message }) => {
    const { code, err } = await folder.run(["normalize", ...argv], document(allow({ Resource: undefined })));

    expect({ code, err: err.split("\n")[0] }).toEqual({ code: 1, err: message });
  });
});
