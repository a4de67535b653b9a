import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { DenialsReport, ReportedRequest } from "../../../../src/workbench/denials/report.ts";
import { cli } from "../../../support/screens/cli.ts";
import { DenialsFolder, denied, QUEUE, refusal } from "./denials-scene.ts";

const allowsNot = (policy: string): string => `because no ${policy} allows the sqs:SendMessage action`;
const SCP = "with an explicit deny in a service control policy: arn:aws:organizations::1:policy/o/p";
const OTHER_ACCOUNT = QUEUE.replace("444455556666", "999999999999");
const OTHER_PARTITION = QUEUE.replace("aws", "aws-cn");
const ROLE = "arn:aws:iam::444455556666:role/admin";

/** In one run: each costs the compilation of all manifests. */
const RECORDS = [
  denied({ source: "s3", name: "PutObject", message: refusal("s3:PutObject", "arn:aws:s3:::in/1", SCP) }),
  denied({ message: refusal("sqs:SendMessage", `${QUEUE}-2`, allowsNot("VPC endpoint policy")) }),
  denied({ message: refusal("sqs:SendMessage", OTHER_ACCOUNT, allowsNot("identity-based policy")) }),
  denied({ message: refusal("sqs:SendMessage", OTHER_PARTITION, allowsNot("identity-based policy")) }),
  denied({
    source: "sts",
    name: "AssumeRole",
    message: refusal("sts:AssumeRole", ROLE, "because no identity-based policy allows it"),
  }),
  denied({ source: "dynamodb", name: "DeleteItem", parameters: { tableName: "orders-prod-7F3A" } }),
  denied({ source: "dynamodb", name: "BatchWriteItem", parameters: {} }),
  denied({ source: "dynamodb", name: "GetItem", parameters: { tableName: "a\u001b[31m\nred-table" } }),
  denied({ source: "dynamodb", name: "Query", parameters: { tableName: "*" } }),
  denied({ name: "GetQueueUrl" }),
  denied({
    message: refusal(
      "sqs:GetQueueUrl",
      QUEUE.replace("refunds", "zeta"),
      "because no identity-based policy allows it",
    ),
  }),
  denied({ name: "ReceiveMessage" }),
  denied(),
  denied({ session: "alice@example.com" }),
  denied({ role: "former" }),
  denied({ role: "unknown", session: "unknown" }),
  denied({ record: { errorCode: "ThrottlingException" } }),
];

let folder: DenialsFolder;
let found: DenialsReport;
let requests: readonly ReportedRequest[];
beforeAll(async () => {
  folder = await DenialsFolder.make();
  found = await folder.report(RECORDS);
  requests = found.functions.flatMap((one) => one.requests);
});
afterAll(() => folder.remove());

function requestOf(action: string, resource?: string): ReportedRequest | undefined {
  return requests.find(
    (one) => one.action === action && (resource === undefined || one.resource === resource),
  );
}

describe("denials", () => {
  test("shows for each function what was denied, how often, why, and the lines that allow it", async () => {
    const message = refusal("sqs:SendMessage", QUEUE, allowsNot("identity-based policy"));
    const once = denied({ message });
    const again = denied({ message, record: { eventTime: "2026-11-24T12:00:00Z" } });

    const { code, out } = await folder.run([once, again, once], ["orders/orders-api@prod"]);

    expect(code).toBe(0);
    expect(out).toBe(`1 function: 1 denied request (2 calls), lines are suggested for 1
note:  a denied call may be an attack, or code that is not used: allow only what the function needs

orders/orders-api@prod/eu-west-1
  + sqs:SendMessage on ${QUEUE}: 2 calls, 2026-11-24 10:32:07Z to 2026-11-24 12:00Z
      AWS answered  no identity policy allows it
      suggested: the lines allow it
      hint:  write below this grant: teams/orders/orders-api.yaml:22:7
          - sqs: { queue: refunds-todo, allow: [send] }
      3 newly allowed actions

CloudTrail: 1 file, 3 events, from 2026-11-24 10:32:07Z to 2026-11-24 12:00:00Z
note:  not seen: data events, such as calls for objects and items, unless a trail records them; calls that a queue or a trail did not deliver

Next: --branch NAME commits the suggested lines to a new branch
`);
  });

  test("merges the lines of several requests: later ones build on the earlier ones", () => {
    const merged = requests.filter(({ isMerged }) => isMerged);

    expect(merged.map(({ action, lines, because }) => [action, lines?.lines ?? because])).toEqual([
      ["sqs:GetQueueUrl", ["- sqs: { queue: refunds-todo, allow: [send] }"]],
      ["sqs:GetQueueUrl", ["- sqs: { queue: zeta-todo, allow: [send] }"]],
      ["sqs:SendMessage", "the lines above allow it"],
    ]);
  });

  test("deletions have a risk, also as a part of what the lines allow, and are not merged", () => {
    expect(requestOf("dynamodb:DeleteItem")).toMatchObject({
      verdict: "risky",
      isMerged: false,
      lines: { lines: ["allow: [read, write, delete]"], access: { risks: ["tamper"] } },
      risks: [{ kind: "tamper", why: "dynamodb:DeleteItem changes or deletes" }],
    });
    expect(requestOf("sqs:ReceiveMessage")).toMatchObject({
      verdict: "risky",
      isMerged: false,
      risks: [{ kind: "tamper", why: "sqs:DeleteMessage changes or deletes" }],
    });
  });

  test.each([
    { action: "s3:PutObject", resource: "arn:aws:s3:::in/1", verdict: "outside" },
    { action: "sqs:SendMessage", resource: `${QUEUE}-2`, verdict: "outside" },
    { action: "sqs:SendMessage", resource: OTHER_PARTITION, verdict: "unknown" },
    { action: "dynamodb:BatchWriteItem", resource: undefined, verdict: "unknown" },
  ])("$action is $verdict, without lines", ({ action, resource, verdict }) => {
    expect(requestOf(action, resource)).toMatchObject({ verdict, lines: null, isMerged: false });
  });

  test("a name that would be a pattern in a policy is never suggested", () => {
    expect(requestOf("dynamodb:Query")).toMatchObject({ verdict: "by-hand", lines: null, isMerged: false });
  });

  test("shows the rule that refuses lines, and who lifts it, and does not merge them", () => {
    expect(requestOf("sqs:SendMessage", OTHER_ACCOUNT)).toMatchObject({
      verdict: "refused",
      isMerged: false,
      lines: { refusedBy: [{ rule: "RES-005", lift: "a Waiver of the platform team lifts it" }] },
    });
  });

  test("shows the risk of lines, also of those that the boundary forbids", () => {
    expect(requestOf("sts:AssumeRole")).toMatchObject({
      verdict: "boundary",
      isMerged: false,
      lines: { access: { risks: ["credential"] } },
    });
  });

  test("counts calls of other callers, and suggests nothing for them", () => {
    expect(found.functions).toHaveLength(1);
    expect(found.trail?.calls).toEqual({ ofFunctions: 13, otherSessions: 1, otherRoles: 1, notManaged: 1 });
  });

  test("shows all of it on the screen, and no control character or name with one", async () => {
    const terminal = { columns: 80, isTerminal: true };
    const { out } = await folder.run(RECORDS, [], { terminal, env: { NO_COLOR: "1" } });
    // An ARN or a path is never broken, nor is a line of a manifest.
    const tooLong = out
      .split("\n")
      .filter((line) => line.length > 80 && line.trim().includes(" ") && !line.includes("{"));

    expect(tooLong).toEqual([]);
    expect(out).toContain("? dynamodb:GetItem on a resource that is not known");
    expect(out).not.toMatch(/\u001b|red-table/);
    expect(out).toContain("✗ RES-005 refuses them; a Waiver of the platform team lifts it");
    expect(out).toContain("risk: credential");
    expect(out).toContain("add the suggested lines in this order");
    expect(out).toContain("1 denied call by functions on roles that their manifests do not declare");
  });
});

describe("a target or namespace", () => {
  test.each([
    { argv: ["orders/orders-worker"], functions: 0 },
    { argv: ["-n", "payments"], functions: 0 },
    { argv: ["-n", "orders"], functions: 1 },
  ])("$argv has $functions functions with denied calls", async ({ argv, functions }) => {
    const record = denied({ source: "dynamodb", name: "BatchWriteItem", parameters: {} });

    expect((await folder.report([record], argv)).functions).toHaveLength(functions);
  });
});

test.each([
  { argv: [], message: "name where denied calls are read: --trail PATH or --server" },
  { argv: ["--trail", "/nowhere"], message: "cannot read /nowhere (ENOENT)" },
])("denials needs events: $message", async ({ argv, message }) => {
  const { code, err } = await cli(["denials", "--dir", folder.root, ...argv]);

  expect(code).not.toBe(0);
  expect(err).toContain(message);
});

test("exit code 3 shows that a file was not read", async () => {
  const path = await folder.write("broken.json", "no");

  const { code, out } = await cli(["denials", "--trail", path, "--dir", folder.root]);

  expect(code).toBe(3);
  expect(out).toContain("it has no events of CloudTrail");
});
