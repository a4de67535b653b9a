import { describe, expect, test } from "@jest/globals";
import { NO_DELTA, type Delta, type DeltaRow } from "../../../../src/model/delta.ts";
import { deltaLines } from "../../../../src/plan/render/delta-rows.ts";
import { permissionChanges, permissionText } from "../../../../src/plan/render/permission-changes.ts";
import { ORIGIN } from "../../../support/pass/bindings.ts";
import { HOME } from "./permission-row.ts";
import { deltaRow, type RowTexts } from "../../../support/policies/delta-rows.ts";
import { lineText } from "../../../../src/text/screen-line.ts";

function row(change: Partial<RowTexts> = {}): DeltaRow {
  return deltaRow(change);
}

function lines(change: Partial<Delta>): readonly string[] {
  const text = deltaLines({ ...NO_DELTA, ...change }, HOME, "")
    .map(lineText)
    .join("\n");
  // One line for each row; conditions and long texts are below it.
  return text
    .replaceAll(/\n +/g, "  ")
    .replaceAll(/ {2}if .*$/gm, "")
    .split("\n");
}

const VPC = '{"StringEquals":{"aws:SourceVpc":"v"}}';
const DENIAL = { kind: "denial", from: "inline x", sid: null } as const;
const LIMIT = { kind: "boundary", from: "boundary", sid: null } as const;
const WHAT = "sqs:SendMessage  queue/orders-dlq  ";

describe("a change of a permission that exists in both states", () => {
  test.each<{ allowed: Partial<RowTexts>; reason: string; because: string }>([
    { allowed: {}, reason: 'policy "hotfix"', because: "a new permission has no reason" },
    {
      allowed: { otherCondition: VPC },
      reason: 'policy "hotfix", without its condition',
      because: "its condition was removed",
    },
    {
      allowed: { condition: VPC, otherCondition: "{}" },
      reason: 'policy "hotfix", under another condition',
      because: "its condition allows more",
    },
    {
      allowed: { limit: DENIAL },
      reason: 'policy "hotfix", no longer denied',
      because: "a Deny was removed",
    },
    {
      allowed: { limit: LIMIT },
      reason: 'policy "hotfix", no longer limited by the boundary',
      because: "the boundary became wider",
    },
    {
      allowed: { limit: DENIAL, origin: { ...ORIGIN, line: 4 } },
      reason: "line 4, no longer denied",
      because: "the line of the manifest is shown",
    },
  ])("newly allowed: $because", ({ allowed, reason }) => {
    expect(lines({ allowed: [row(allowed)] })).toEqual([`+ ${WHAT}${reason}`]);
  });

  test.each<{ lost: Partial<RowTexts>; reason: string; because: string }>([
    {
      lost: { condition: VPC, otherCondition: "{}" },
      reason: 'policy "hotfix", under another condition',
      because: "its condition allows less",
    },
    { lost: { limit: DENIAL }, reason: 'policy "hotfix", denied now', because: "a Deny was added" },
    {
      lost: { limit: LIMIT },
      reason: 'policy "hotfix", outside the boundary now',
      because: "the boundary became narrower",
    },
    {
      lost: { limit: LIMIT, from: "boundary" },
      reason: "outside the boundary now",
      because: "the boundary itself has one row",
    },
    { lost: { from: "boundary" }, reason: "boundary", because: "a row of the boundary" },
  ])("no longer allowed: $because", ({ lost, reason }) => {
    expect(lines({ noLongerAllowed: [row(lost)] })).toEqual([`- ${WHAT}${reason}`]);
  });

  test("stays with a new condition, which is named: it is changed and not revoked", () => {
    const changes = permissionChanges({ ...NO_DELTA, noLongerAllowed: [row({ otherCondition: VPC })] }, HOME);

    expect(changes.map(permissionText)).toEqual([
      '~ sqs:SendMessage queue/orders-dlq, if aws:SourceVpc StringEquals v, policy "hotfix", with a new condition',
    ]);
    expect(lines({ noLongerAllowed: [row({ otherCondition: VPC })] })).toEqual([
      `~ ${WHAT}policy "hotfix", with a new condition`,
    ]);
  });

  test("is shown apart from another row of the same statement with another reason", () => {
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

test("a Deny that is new is added, and one that no longer denies is removed", () => {
  const denial = { effect: "Deny", limit: { kind: "denial", from: "inline grantkeeper", sid: "V" } } as const;
  const added = row({ ...denial, from: "inline grantkeeper", sid: "V", origin: { ...ORIGIN, line: 5 } });

  expect(lines({ noLongerAllowed: [added] })).toEqual(["+ Deny sqs:SendMessage  queue/orders-dlq  line 5"]);
  expect(lines({ allowed: [row(denial)] })).toEqual([
    '- Deny sqs:SendMessage  queue/orders-dlq  policy "hotfix"',
  ]);
});

test("an opaque statement is shown as such", () => {
  expect(lines({ allowed: [row({ action: "unknown", resource: "", from: "inline odd" })] })).toEqual([
    '+ permissions not understood    policy "odd"',
  ]);
});

test("the effect of a tag is shown once", () => {
  const effect = { kind: "role-tag", tag: "team", row: row() } as const;

  expect(lines({ unknownEffect: [effect, effect] })).toEqual([
    "! tag team decides on sqs:SendMessage queue/orders-dlq",
  ]);
});

test("a principal of the trust policy is not shown as a caller, and its policy is named", () => {
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
    line: "+ assumed by account 999999999999, trust policy",
  },
  { principal: "*", action: "sts:AssumeRole", line: "+ anyone can assume the role, trust policy" },
  { principal: "*", action: "sts:*", line: "+ assumed by anyone (may call sts:*), trust policy" },
])("one line of an alert shows a change of the trust policy: $line", ({ principal, action, line }) => {
  const trusted = row({ principal, action, resource: "", from: "trust", sid: "x" });

  expect(permissionChanges({ ...NO_DELTA, allowed: [trusted] }, HOME).map(permissionText)).toEqual([line]);
});
