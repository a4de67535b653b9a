import { describe, expect, test } from "@jest/globals";
import { NO_DELTA, type Delta, type DeltaRow } from "../../../../src/model/delta.ts";
import { deltaLines } from "../../../../src/plan/render/delta-rows.ts";
import { permissionChanges, permissionText } from "../../../../src/plan/render/permission-changes.ts";
import { ORIGIN } from "../../../support/pass/bindings.ts";

function row(change: Partial<DeltaRow> = {}): DeltaRow {
  return {
    effect: "Allow",
    principal: null,
    action: "sqs:SendMessage",
    resource: "arn:aws:sqs:eu-west-1:111122223333:orders-dlq",
    condition: "",
    from: "inline hotfix",
    sid: null,
    origin: null,
    certainty: "proved",
    risk: "none",
    otherCondition: null,
    limit: null,
    ...change,
  };
}

function lines(change: Partial<Delta>): readonly string[] {
  const home = { accountId: "111122223333", region: "eu-west-1" };
  const text = deltaLines({ ...NO_DELTA, ...change }, home, "").join("\n");
  // One line a row: what a column cannot hold is below it, and so are conditions.
  return text
    .replaceAll(/\n +/g, "  ")
    .replaceAll(/ {2}if .*$/gm, "")
    .split("\n");
}

const VPC = '{"StringEquals":{"aws:SourceVpc":"v"}}';
const DENIAL = { kind: "denial", from: "inline x", sid: null } as const;
const LIMIT = { kind: "boundary", from: "boundary", sid: null } as const;
const WHAT = "sqs:SendMessage  queue/orders-dlq  ";

describe("a permission that stands in both states comes or goes", () => {
  test.each<{ allowed: Partial<DeltaRow>; says: string; because: string }>([
    { allowed: {}, says: 'policy "hotfix"', because: "new: nothing more is said" },
    {
      allowed: { otherCondition: VPC },
      says: 'policy "hotfix", without its condition',
      because: "its condition is gone",
    },
    {
      allowed: { condition: VPC, otherCondition: "{}" },
      says: 'policy "hotfix", under another condition',
      because: "its condition allows more",
    },
    { allowed: { limit: DENIAL }, says: 'policy "hotfix", no longer denied', because: "a Deny is gone" },
    {
      allowed: { limit: LIMIT },
      says: 'policy "hotfix", inside the boundary now',
      because: "the boundary grew",
    },
    {
      allowed: { limit: DENIAL, origin: { ...ORIGIN, line: 4 } },
      says: "line 4, no longer denied",
      because: "git says where it stands",
    },
  ])("allowed: $because", ({ allowed, says }) => {
    expect(lines({ allowed: [row(allowed)] })).toEqual([`+ ${WHAT}${says}`]);
  });

  test.each<{ lost: Partial<DeltaRow>; says: string; because: string }>([
    {
      lost: { otherCondition: VPC },
      says: 'policy "hotfix", a condition came',
      because: "where it is asked for",
    },
    {
      lost: { condition: VPC, otherCondition: "{}" },
      says: 'policy "hotfix", under another condition',
      because: "its condition allows less",
    },
    { lost: { limit: DENIAL }, says: 'policy "hotfix", denied now', because: "a Deny came" },
    {
      lost: { limit: LIMIT },
      says: 'policy "hotfix", outside the boundary now',
      because: "the boundary shrank",
    },
    {
      lost: { limit: LIMIT, from: "boundary" },
      says: "outside the boundary now",
      because: "of the boundary itself, once",
    },
    { lost: { from: "boundary" }, says: "boundary", because: "a boundary's own row" },
  ])("lost: $because", ({ lost, says }) => {
    expect(lines({ noLongerAllowed: [row(lost)] })).toEqual([`- ${WHAT}${says}`]);
  });

  test("apart from one of the same statement that comes for another reason", () => {
    const grant = { from: "inline grantkeeper", sid: "SqsSend1a2b3c4d", origin: { ...ORIGIN, line: 7 } };

    expect(
      lines({
        allowed: [row(grant), row({ ...grant, action: "sqs:GetQueueUrl", limit: DENIAL })],
      }),
    ).toEqual([
      "+ sqs send  queue/orders-dlq  line 7",
      "+ sqs send  queue/orders-dlq  line 7, no longer denied",
    ]);
  });
});

test("what is not understood is called so", () => {
  expect(lines({ allowed: [row({ action: "unknown", resource: "", from: "inline odd" })] })).toEqual([
    '+ something that is not understood  policy "odd"',
  ]);
});

test("what a tag decides on is said once", () => {
  const effect = { kind: "role-tag", tag: "team", row: row() } as const;

  expect(lines({ unknownEffect: [effect, effect] })).toEqual([
    "! tag team decides whether it may sqs:SendMessage queue/orders-dlq",
  ]);
});

test("a principal of the trust policy is no caller, and its policy is named", () => {
  const trusted = row({
    principal: "AWS arn:aws:iam::999999999999:root",
    action: "sts:AssumeRole",
    resource: "",
    from: "trust",
  });

  expect(lines({ allowed: [trusted] })).toEqual(["+ assumed by account  999999999999  trust policy"]);
});

test.each([
  {
    principal: "AWS arn:aws:iam::999999999999:root",
    action: "sts:AssumeRole",
    says: "+ assumed by arn:aws:iam::999999999999:root, trust policy",
  },
  { principal: "*", action: "sts:AssumeRole", says: "+ anyone can assume the role, trust policy" },
  { principal: "*", action: "sts:*", says: "+ anyone can use (sts:*), trust policy" },
])("one line of an alert says of the trust policy: $says", ({ principal, action, says }) => {
  const trusted = row({ principal, action, resource: "", from: "trust", sid: "x" });

  expect(permissionChanges({ ...NO_DELTA, allowed: [trusted] }).map(permissionText)).toEqual([says]);
});
