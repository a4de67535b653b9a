import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { cli, type CliRun } from "../../../support/screens/cli.ts";

const QUEUE = "arn:aws:sqs:eu-west-1:111122223333:q";
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
  root = await mkdtemp(join(tmpdir(), "gk-check-"));
});
afterEach(() => rm(root, { recursive: true }));

async function file(name: string, text: string): Promise<string> {
  await writeFile(join(root, name), text);
  return join(root, name);
}

async function check(argv: readonly string[], stdin = ""): Promise<CliRun> {
  const { code, out, err } = await cli(["policy", "check", ...argv], { stdin });
  return { code, out: out.replaceAll(`${root}/`, ""), err: err.replaceAll(`${root}/`, "") };
}

const SIZES = [
  "size  standard input  inline policy   134 of 10240 characters  10106 left",
  "size  standard input  managed policy  134 of 6144 characters   6010 left",
];

describe("policy check", () => {
  test("shows the remaining size of a correct policy, and exits with 0", async () => {
    expect(await check(["-"], document(allow()))).toEqual({
      code: 0,
      out: [...SIZES, "1 document: 0 errors, 0 warnings, 0 notes", ""].join("\n"),
      err: "",
    });
  });

  test("exits with 0 for warnings and notes", async () => {
    const { code, out } = await check(["-"], document(allow({ Action: ["sqs:Send*", "sqs:SendMessage"] })));

    expect(code).toBe(0);
    expect(out).toMatch(
      /^note: {2}standard input:1:66: ACT-002: "sqs:Send\*" is \d+ actions? today \(AWS's action data of \d{4}-\d\d-\d\d\)\n/,
    );
    expect(out).toContain("1 document: 0 errors, 0 warnings, 2 notes\n");
  });

  test("reports errors as FILE:LINE:COLUMN, with the fix and AWS's own message, and exits with 2", async () => {
    const text =
      '{\n  "Version": "2012-10-17",\n  "Statement": {"Effect": "allow", "Action": "sqs:SendMesage", "Resource": "*"}\n}\n';

    const { code, out } = await check(["-"], text);

    expect(code).toBe(2);
    expect(
      out
        .replace(/of \d{4}-\d\d-\d\d/, "of DAY")
        .split("\n\n")[0]
        ?.split("\n"),
    ).toEqual([
      'error: standard input:3:27: GRM-001: Effect is "Allow" or "Deny" exactly, not "allow"',
      'hint:  write "Allow"',
      "note:  AWS answers: MalformedPolicyDocument: The policy failed legacy parsing",
      'error: standard input:3:46: ACT-003: there is no action "sqs:SendMesage" (AWS\'s action data of DAY)',
      'hint:  write "sqs:SendMessage"',
    ]);
    expect(out.endsWith("1 document: 2 errors, 0 warnings, 0 notes\n")).toBe(true);
  });

  test("continues after a document that can't be read, and exits with 3", async () => {
    const [broken, right] = [await file("broken.json", "{,}"), await file("right.json", document(allow()))];

    const { code, out } = await check([broken, right]);

    expect(code).toBe(3);
    expect(out.split("\n")).toEqual([
      'error: broken.json:1:2: GRM-001: expected a value, found ","',
      "note:  AWS answers: MalformedPolicyDocument: Syntax errors in policy.",
      "",
      "size  right.json  inline policy   134 of 10240 characters  10106 left",
      "size  right.json  managed policy  134 of 6144 characters   6010 left",
      "2 documents: 1 error, 0 warnings, 0 notes",
      "",
    ]);
  });

  test("checks a policy together with the others that are attached to the role", async () => {
    const [role, other, boundary] = [
      await file("role.json", document(allow({ Action: ["sqs:SendMessage", "sqs:ReceiveMessage"] }))),
      await file("other.json", document(allow({ Action: "sqs:Receive*", Sid: "All" }))),
      await file("boundary.json", document(allow({ Action: "sqs:ReceiveMessage" }))),
    ];

    const { code, out } = await check([role, "--attached", other, "--boundary", boundary]);

    expect(code).toBe(2);
    expect(
      out.split("\n").filter((line) => line.includes(": role.json:") || line.includes(":  role.json:")),
    ).toEqual([
      "note:  role.json:1:38: RED-001: this statement adds nothing: statement All of other.json covers it",
      'error: role.json:1:66: BND-002: "sqs:SendMessage" takes no effect: no statement of the boundary allows it',
    ]);
  });

  test.each([
    { type: "trust", as: "trust policy", quota: 2_048 },
    { type: "resource", as: "function's policy", quota: 20_480 },
    { type: "boundary", as: "managed policy", quota: 6_144 },
  ])("measures a $type policy by its own quota", async ({ type, as, quota }) => {
    const { out } = await check(["--type", type, "-o", "json", "-"], document(allow()));

    const [found] = (JSON.parse(out) as { documents: readonly { sizes: readonly object[] }[] }).documents;
    expect(found?.sizes).toEqual([{ as, used: 134, quota, left: quota - 134 }]);
  });

  test("as JSON carries every finding with its place", async () => {
    const { code, out } = await check(
      ["-o", "json", "--managed", "-"],
      `{"Statement":${JSON.stringify(allow())}}`,
    );

    expect(code).toBe(2);
    expect(JSON.parse(out)).toEqual({
      documents: [
        {
          file: "standard input",
          readable: true,
          findings: [
            {
              rule: "GRM-001",
              severity: "error",
              line: 1,
              column: 1,
              path: "Version",
              reason: "a document without Version is of 2008, which has no policy variables",
              fix: 'write "Version": "2012-10-17"',
              aws: "MalformedPolicyDocument: Policy document must be version 2012-10-17 or greater.",
            },
          ],
          sizes: [{ as: "managed policy", used: 109, quota: 6_144, left: 6_035 }],
        },
      ],
      errors: 1,
      warnings: 0,
      notes: 0,
    });
  });

  test.each([
    {
      argv: ["--type", "trust", "--boundary", "b.json", "-"],
      expected: "--boundary and --attached do not apply to a trust policy",
    },
    {
      argv: ["--type", "resource", "--attached", "b.json", "-"],
      expected: "--boundary and --attached do not apply to a resource policy",
    },
    {
      argv: ["--type", "resource", "--managed", "-"],
      expected: "a resource policy is never a managed policy",
    },
    { argv: ["--type", "trust", "--managed", "-"], expected: "a trust policy is never a managed policy" },
    { argv: ["none.json"], expected: "cannot read none.json (ENOENT)" },
  ])("rejects options that do not fit together: $expected", async ({ argv, expected }) => {
    const { code, out, err } = await check(argv, document(allow()));

    expect({ code, out, err: err.split("\n")[0] }).toEqual({ code: 1, out: "", err: `error: ${expected}` });
  });
});
