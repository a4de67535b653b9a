import { describe, expect, test } from "@jest/globals";
import type { Arn } from "../../../src/model/aws/arn.ts";
import type { Region } from "../../../src/model/aws/ids.ts";
import type { LiveAccount } from "../../../src/model/live.ts";
import { functionText } from "../../support/manifests.ts";
import { fenced, ORDERS, PAYMENTS } from "./fences/fenced.ts";
import {
  ACCOUNT,
  document,
  FUNCTION_ARN,
  judged,
  liveAccount,
  liveFunction,
  liveRole,
  PLAIN,
  stating,
  verdicts,
  withRole,
  world,
} from "./judged.ts";

const READ = liveAccount({
  functions: [liveFunction("pricing")],
  roles: [liveRole("nightly")],
  policies: { [`arn:aws:iam::${ACCOUNT}:policy/audit`]: document() },
});

function missing(resource: string, live: LiveAccount | null, files: Readonly<Record<string, string>> = {}) {
  const found = stating(
    { Effect: "Allow", Action: "lambda:GetFunctionConfiguration", Resource: resource },
    files,
  );
  return judged(found, { live }).filter(({ rule }) => rule === "RES-006");
}

const fn = (name: string): string => `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:${name}`;
const iam = (resource: string): string => `arn:aws:iam::${ACCOUNT}:${resource}`;

describe("RES-006", () => {
  test.each([
    {
      resource: fn("prising"),
      why: "function prising in eu-west-1 does not exist, and no manifest declares it",
    },
    {
      resource: fn("prising:live"),
      why: "function prising in eu-west-1 does not exist, and no manifest declares it",
    },
    { resource: iam("role/jobs/weekly"), why: "role weekly does not exist, and no manifest declares it" },
    {
      resource: iam("policy/x"),
      why: `policy arn:aws:iam::${ACCOUNT}:policy/x does not exist, and no manifest declares it`,
    },
  ])("warns of $resource", ({ resource, why }) => {
    expect(missing(resource, READ)).toMatchObject([
      { severity: "warn", why, origin: { file: "teams/orders/orders-api.yaml", line: 6 } },
    ]);
  });

  test.each([
    { resource: fn("pricing"), because: "the function exists" },
    { resource: iam("role/NIGHTLY"), because: "IAM's names have no case" },
    { resource: iam("policy/audit"), because: "the policy exists" },
    { resource: FUNCTION_ARN, because: "the manifest itself declares the function" },
    { resource: fn("pri*"), because: "a pattern names no function" },
    { resource: fn("prising").replace(ACCOUNT, "444455556666"), because: "another account is not read" },
    { resource: fn("prising").replace("eu-west-1", "us-east-1"), because: "the region is off" },
    { resource: fn("prising").replace("eu-west-1", "eu-central-1"), because: "the region is not read" },
    { resource: `arn:aws:sqs:eu-west-1:${ACCOUNT}:x`, because: "no queue is read" },
    { resource: iam("user/dana"), because: "no user is read" },
  ])("accepts $resource: $because", ({ resource }) => {
    expect(missing(resource, READ)).toEqual([]);
  });

  test("a function that another manifest declares may be made later", () => {
    const files = { "teams/shop/prising.yaml": functionText("prising", "  tracing: true") };

    expect(missing(fn("prising"), READ, files)).toEqual([]);
  });

  test("nothing counts as missing without a complete reading, and offline", () => {
    const region = {
      kind: "read",
      functions: new Map(),
      complete: false,
      absentFunctions: new Set<string>(),
    } as const;
    const partly = { ...READ, complete: false, regions: new Map([["eu-west-1" as Region, region]]) };

    expect(missing(fn("prising"), partly)).toEqual([]);
    expect(missing(iam("role/weekly"), partly)).toEqual([]);
    expect(missing(fn("prising"), null)).toEqual([]);
  });

  test("a grant is judged as well, and a Deny is not", () => {
    const granted = world("  grants: [{lambda: {function: prising, allow: [invoke]}}]");
    const denied = stating({ Effect: "Deny", Action: "lambda:InvokeFunction", Resource: fn("prising") });

    expect(verdicts(judged(granted, { live: READ }))).toContain("RES-006 warn");
    expect(verdicts(judged(denied, { live: READ }))).not.toContain("RES-006 warn");
  });
});

describe("a customer-managed policy that no manifest declares", () => {
  const arn = `arn:aws:iam::${ACCOUNT}:policy/by-hand` as Arn;
  const attached = withRole(PLAIN, { attachments: [{ arn, policy: null, origin: PLAIN.binding.origin }] });
  const rules = (text: string | null): readonly string[] => {
    const live = liveAccount(text === null ? {} : { policies: { [arn]: text } });
    return judged(attached, { live })
      .filter(({ rule }) => /^RES-00[12]/.test(rule))
      .map(({ rule, why }) => `${rule} ${why}`);
  };

  test.each([
    {
      text: document({ Effect: "Allow", Action: "sqs:SendMessage", Resource: "*" }),
      breaks: [
        `RES-001 sqs:SendMessage can be limited to a resource, but Resource "*" means every one (in ${arn})`,
      ],
      because: "people wrote its star",
    },
    {
      text: document({ Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::*/*" }),
      breaks: [
        `RES-002 "arn:aws:s3:::*/*" names no resource: it matches nearly every one of its type (in ${arn})`,
      ],
      because: "and an ARN that names nothing",
    },
    {
      text: document({
        Effect: "Allow",
        Action: "sqs:SendMessage",
        Resource: `arn:aws:sqs:eu-west-1:${ACCOUNT}:x`,
      }),
      breaks: [],
      because: "a named queue passes",
    },
    { text: "{", breaks: [], because: "a text that is no document has no statements" },
    { text: null, breaks: [], because: "what was not read has none either" },
  ])("is judged by RES-001 and RES-002 as it is in AWS: $because", ({ text, breaks }) => {
    expect(rules(text)).toEqual(breaks);
  });

  test("a policy of AWS is judged by other rules", () => {
    const aws = "arn:aws:iam::aws:policy/AmazonSQSReadOnlyAccess" as Arn;
    const found = withRole(PLAIN, {
      attachments: [{ arn: aws, policy: null, origin: PLAIN.binding.origin }],
    });
    const text = document({ Effect: "Allow", Action: "sqs:GetQueueAttributes", Resource: "*" });

    expect(verdicts(judged(found, { live: liveAccount({ awsManaged: { [aws]: text } }) }))).toEqual([
      "ATT-001 block",
    ]);
  });
});

test("RES-006 does not show a team with a Team whether functions of others exist", () => {
  const rulesOf = (name: string): readonly string[] => {
    const statement = `{Effect: Allow, Action: "lambda:InvokeFunction", Resource: "${fn(name)}"}`;
    const found = judged(fenced(`  statements: [{reason: x, statement: ${statement}}]`), { live: READ });
    return found.map(({ rule }) => rule).filter((rule) => /^(RES-006|TEN-004)$/.test(rule));
  };

  expect(rulesOf("payments-api")).toEqual(["TEN-004"]);
  expect(rulesOf("orders-other")).toEqual(["RES-006"]);
});

test("RES-006 shows a team that a shared function does not exist", () => {
  const teams = {
    orders: ORDERS,
    payments: `${PAYMENTS}, shares: [{with: orders, resources: ['function:payments-api']}]`,
  };
  const statement = `{Effect: Allow, Action: "lambda:InvokeFunction", Resource: "${fn("payments-api")}"}`;
  const found = judged(fenced(`  statements: [{reason: x, statement: ${statement}}]`, teams), { live: READ });

  expect(found.map(({ rule }) => rule)).toEqual(["RES-006"]);
});
