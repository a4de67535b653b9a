import { describe, expect, test } from "@jest/globals";
import { liveInputs, whyAnswer, type WhyCase } from "../../../src/explain/why/case.ts";
import { complete } from "../../../src/model/values/steps.ts";
import type { WhyAnswer } from "../../../src/model/answers/why.ts";
import { NOTHING_REPORTED } from "../../../src/model/denials/reported-denial.ts";
import type { DesiredBinding } from "../../../src/model/desired.ts";
import { checked } from "../../support/record/audit-facts.ts";
import {
  accountText,
  COMPILE_CONTEXT,
  compileTexts,
  functionText,
  NOW_MS,
  parseText,
  PLATFORM_FILES,
} from "../../support/manifests.ts";
import { servicesFor } from "../../../src/explain/why/services.ts";
import {
  allow,
  attachment,
  awsAttachment,
  binding,
  compiled,
  desiredOf,
  policy,
} from "../../support/pass/bindings.ts";
import { emptyAccount, liveFunctionOf } from "../../support/pass/live-state.ts";
import { actionDataOf } from "../../support/policies/action-data.ts";

const FILE = "teams/orders/a.yaml";
const ARNS = ["arn:aws:dynamodb:*:*:table/*"];
const DATA = actionDataOf({
  "dynamodb:GetItem": { arns: ARNS },
  "dynamodb:PutItem": { arns: ARNS },
  "xray:PutTraceSegments": {},
});
const table = (name: string): string => `arn:aws:dynamodb:eu-west-1:222222222222:table/${name}`;
const READ = "  grants: [{dynamodb: {table: orders, allow: [read]}}]\n";

interface Asked extends Partial<Omit<WhyCase, "question">> {
  readonly spec?: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly action?: string;
  readonly resource?: string;
}

function ask({ spec = READ, files = {}, action, resource, ...rest }: Asked): WhyAnswer {
  const texts = { ...PLATFORM_FILES, [FILE]: functionText("a", spec), ...files };
  const { desired } = compileTexts(texts);
  const question = {
    binding: checked([...desired.bindings.values()].find(({ account }) => account === "prod")),
    action: action ?? "dynamodb:GetItem",
    resource: resource ?? table("orders"),
    context: {},
  };
  const context = {
    files: Object.entries(texts).map(([path, text]) => parseText(path, text)),
    desired,
    compile: COMPILE_CONTEXT,
    actionData: DATA,
    shipped: null,
    nowMs: NOW_MS,
    fileName: (path: string) => path,
    awsText: () => undefined,
  };
  return complete(whyAnswer({ question, reported: null, live: null, notDeclared: null, ...rest }, context));
}

test("a function that no valid manifest declares is unknown, and no line is proposed", () => {
  const notDeclared = "its manifest is broken: teams/orders/a.yaml:3:1: unknown grant";

  expect(ask({ notDeclared, resource: table("customers") })).toMatchObject({
    answer: "unknown",
    git: { kind: "unknown", reason: notDeclared, grantHelps: false },
    fix: null,
  });
});

test("what was not read in AWS is unknown, even if Git allows it", () => {
  expect(ask({ live: "AWS was not read yet" })).toMatchObject({
    answer: "unknown",
    git: { kind: "allowed" },
    live: { kind: "unknown", reason: "AWS was not read yet", role: null, readAt: null },
  });
});

test.each([
  { deniedBy: "service control policy", answer: "denied" },
  { deniedBy: "VPC endpoint policy", answer: "denied" },
  { deniedBy: "identity policy", answer: "allowed" },
] as const)("a request that Git allows and a $deniedBy denied is $answer", ({ deniedBy, answer }) => {
  const found = ask({ reported: { ...NOTHING_REPORTED, deniedBy } });
  const isOutside = answer === "denied";

  expect(found.answer).toBe(answer);
  expect(found.notes.includes(`the ${deniedBy} that denied it is not in Git: ask its owner`)).toBe(isOutside);
});

test("a message about another role is answered for the named function, with a note", () => {
  const role = "arn:aws:iam::222222222222:role/billing";
  const { notes } = ask({ reported: { ...NOTHING_REPORTED, role } });

  expect(notes).toContain("AWS's message is about another principal, not about this function");
});

test("the answer needs the data of the services in the role's valid policies and of the action", () => {
  const [attached, lost] = [attachment("audit"), attachment("lost")];
  const of = binding({ attachments: [attached, lost, awsAttachment("Known")] });
  const audit = { ...policy(compiled(allow("sqs:SendMessage"))), key: checked(attached.policy ?? undefined) };

  expect(servicesFor(of, "S3:GetObject", desiredOf([of], [audit]))).toEqual(["dynamodb", "s3", "sqs"]);
});

describe("the proposed line", () => {
  test("adds a verb to the grant that nearly allows the request", () => {
    expect(ask({ action: "dynamodb:PutItem" }).fix).toMatchObject({
      kind: "change-grant",
      lines: ["allow: [read, write]"],
      path: "spec.grants[0].dynamodb",
    });
  });

  test.each([
    { allow: "PutItem", asked: "dynamodb:GetItem", lines: "allow: [PutItem, read]" },
    { allow: "Query", asked: "dynamodb:GetItem", lines: "allow: [Query, GetItem]" },
    {
      allow: "scan, DescribeTable",
      asked: "dynamodb:getitem",
      lines: "allow: [scan, DescribeTable, GetItem]",
    },
  ])(
    "adds the action alone next to others of its verb, and else the verb: $lines",
    ({ allow, asked, lines }) => {
      const spec = `  grants: [{dynamodb: {table: orders, allow: [${allow}]}}]\n`;

      expect(ask({ spec, action: asked }).fix).toMatchObject({ kind: "change-grant", lines: [lines] });
    },
  );

  test("adds an index to a grant that has none", () => {
    const spec = "  grants: [{dynamodb: {table: orders, allow: [read], indexes: []}}]\n";

    expect(ask({ spec, action: "dynamodb:Query", resource: table("orders/index/by-day") }).fix).toMatchObject(
      {
        lines: ["indexes: [by-day]"],
      },
    );
  });

  test.each([
    { spec: "", what: "write in spec" },
    { spec: "  tracing: false\n", what: "write in spec" },
  ])("turns tracing on for X-Ray ($spec)", ({ spec, what }) => {
    expect(ask({ spec, action: "xray:PutTraceSegments", resource: "*" }).fix).toMatchObject({
      kind: "set-tracing",
      what,
      lines: ["tracing: true"],
    });
  });

  test("names the grants of the action if none can name the resource", () => {
    const { fix, notes } = ask({ action: "dynamodb:PutItem", resource: "arn:aws:s3:::not-a-table" });

    expect(fix?.kind).toBe("add-statement");
    expect(notes.join("\n")).toContain("dynamodb with allow: [");
  });

  test("names the other functions of the manifest, which it changes too", () => {
    const inBoth = functionText("a", READ).replace("accounts: [prod]", "accounts: [prod, staging]");
    const files = { "platform/staging.yaml": accountText("staging", "111111111111"), [FILE]: inBoth };

    expect(ask({ files, action: "dynamodb:PutItem" }).fix?.also).toEqual(["orders/a@staging/eu-west-1"]);
  });
});

describe("the state in AWS is a sentence, not an answer, if", () => {
  const { desired } = compileTexts({ [FILE]: functionText("a", READ) });
  const declared: DesiredBinding = checked([...desired.bindings.values()][0]);
  const found = { kind: "present", value: liveFunctionOf(declared) } as const;
  const unread = { kind: "unknown", reason: "AccessDenied" } as const;
  const absent = { kind: "absent" } as const;

  test.each([
    { because: "the function was not read", function: unread, role: absent, reason: "AccessDenied" },
    {
      because: "the function does not exist",
      function: absent,
      role: absent,
      reason: "there is no function a in prod/eu-west-1",
    },
    { because: "its role was not read", function: found, role: unread, reason: "AccessDenied" },
    {
      because: "its role does not exist",
      function: found,
      role: absent,
      reason: `the function's role ${declared.role.arn} does not exist`,
    },
  ])("$because", ({ function: reading, role, reason }) => {
    const account = emptyAccount();

    expect(liveInputs({ binding: declared, ofGit: null, found: reading, roleOf: () => role, account })).toBe(
      reason,
    );
  });
});
