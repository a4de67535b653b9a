import { describe, expect, test } from "@jest/globals";
import { NO_DELTA, type DeltaRow } from "../../../../src/model/delta.ts";
import { permissionLines } from "../../../../src/plan/render/permission-lines.ts";
import { permissionChanges, permissionText } from "../../../../src/plan/render/permission-changes.ts";
import { HOME, QUEUE } from "./permission-row.ts";
import { deltaRow, type RowTexts } from "../../../support/policies/delta-rows.ts";

function row(change: Partial<RowTexts> = {}): DeltaRow {
  return deltaRow({ resource: QUEUE, ...change });
}

describe("the text of a permission change", () => {
  const texts = (rows: readonly DeltaRow[], side: "allowed" | "noLongerAllowed" = "allowed") =>
    permissionChanges({ ...NO_DELTA, [side]: rows }, HOME).map(permissionText);

  test.each([
    {
      because: "an action of a policy",
      rows: [row()],
      text: '+ sqs:SendMessage queue/orders, policy "hotfix"',
    },
    {
      because: "every action on every resource",
      rows: [row({ action: "*", resource: "*" })],
      text: '+ all actions all resources, policy "hotfix"',
    },
    {
      because: "a document that can't be read",
      rows: [row({ action: "unknown", resource: "*" })],
      text: '+ permissions not understood, policy "hotfix"',
    },
    {
      because: "several actions are listed",
      rows: [row(), row({ action: "sqs:PurgeQueue" })],
      text: '+ 2 actions (sqs:PurgeQueue, sqs:SendMessage) queue/orders, policy "hotfix"',
    },
    {
      because: "a Deny that no longer denies was removed",
      rows: [row({ effect: "Deny" })],
      text: '- Deny sqs:SendMessage queue/orders, policy "hotfix"',
    },
    {
      because: "an attached policy has a name",
      rows: [row({ from: "arn:aws:iam::aws:policy/AdministratorAccess", action: "*", resource: "*" })],
      text: '+ all actions all resources, policy "AdministratorAccess"',
    },
    {
      because: "the boundary became wider",
      rows: [row({ limit: { kind: "boundary", from: "boundary", sid: null } })],
      text: '+ sqs:SendMessage queue/orders, policy "hotfix", no longer limited by the boundary',
    },
    {
      because: "a Deny was removed",
      rows: [row({ limit: { kind: "denial", from: "inline x", sid: null } })],
      text: '+ sqs:SendMessage queue/orders, policy "hotfix", no longer denied',
    },
    {
      because: "a condition was removed",
      rows: [row({ otherCondition: '{"Bool":{"aws:SecureTransport":"true"}}' })],
      text: '+ sqs:SendMessage queue/orders, policy "hotfix", without its condition',
    },
    {
      because: "a condition was replaced",
      rows: [row({ condition: '{"Bool":{"k":"true"}}', otherCondition: '{"Bool":{"k":"false"}}' })],
      text: '+ sqs:SendMessage queue/orders, if k Bool true, policy "hotfix", under another condition',
    },
    {
      because: "a public caller",
      rows: [row({ principal: "*", action: "lambda:InvokeFunction", sid: "try", from: "function" })],
      text: '+ anyone can invoke, statement "try"',
    },
    {
      because: "a principal that may change the code",
      rows: [row({ principal: "*", action: "lambda:UpdateFunctionCode", sid: "try", from: "function" })],
      text: '+ caller anyone (may call lambda:UpdateFunctionCode), statement "try"',
    },
    {
      because: "a caller with its source",
      rows: [
        row({
          principal: "Service sns.amazonaws.com",
          action: "lambda:InvokeFunction",
          sid: "sns",
          from: "function",
          condition: JSON.stringify({ ArnLike: { "AWS:SourceArn": "arn:aws:sns:eu-west-1:1:t" } }),
        }),
      ],
      text: '+ caller sns topic/t in account 1, statement "sns"',
    },
    {
      because: "a source that is not required is a condition",
      rows: [
        row({
          effect: "Deny",
          principal: "Service sns.amazonaws.com",
          action: "lambda:InvokeFunction",
          sid: "sns",
          from: "function",
          condition: JSON.stringify({ ArnLikeIfExists: { "AWS:SourceArn": "arn:aws:sns:eu-west-1:1:t" } }),
        }),
      ],
      text: '- Deny caller sns, if aws:SourceArn ArnLikeIfExists arn:aws:sns:eu-west-1:1:t, statement "sns"',
    },
  ])("is exact: $because", ({ rows, text }) => {
    expect(texts(rows)).toEqual([text]);
  });

  test("starts with a minus if it revokes, and with an exclamation mark if its effect is unknown", () => {
    expect(texts([row()], "noLongerAllowed")).toEqual(['- sqs:SendMessage queue/orders, policy "hotfix"']);
    expect(
      permissionChanges(
        {
          ...NO_DELTA,
          unknownEffect: [{ kind: "role-tag", tag: "team", row: row() }, { kind: "comparison-limit" }],
        },
        HOME,
      ).map(permissionText),
    ).toEqual([
      expect.stringMatching(/^! tag team decides on .*SendMessage/),
      expect.stringMatching(/^! the policies are too large to compare in full/),
    ]);
  });
});

describe("the lines of a permission state", () => {
  const lines = (rows: readonly DeltaRow[]) =>
    permissionLines(rows, {
      home: HOME,
      declared: new Map(),
      listing: "state",
      placeOf: () => ({ kind: "always" }),
    });

  test("combine the actions of one statement, risky actions first", () => {
    const rows = [
      row({ action: "sqs:A" }),
      row({ action: "iam:PassRole", risk: "escalation" }),
      row({ action: "sqs:A", resource: "*" }),
      row({ action: "iam:PassRole", risk: "escalation", resource: "*" }),
    ];

    expect(lines(rows)).toMatchObject([
      {
        what: "2 actions",
        on: "all resources, queue/orders",
        details: ["iam:PassRole, sqs:A"],
        kind: "permission",
      },
    ]);
  });

  test("count the actions of a long list and name them below", () => {
    const rows = Array.from({ length: 7 }, (_, at) => row({ action: `sqs:A${at}` }));

    expect(lines(rows)).toMatchObject([
      { what: "7 actions", details: ["sqs:A0, sqs:A1, sqs:A2, sqs:A3, sqs:A4, sqs:A5, sqs:A6"] },
    ]);
  });

  test.each([
    { because: "an exception", change: { action: "all but iam:*" }, is: { what: "all actions but iam:*" } },
    {
      because: "an opaque statement",
      change: { action: "unknown", resource: "unknown" },
      is: { what: "permissions not understood", kind: "unknown", on: "" },
    },
    { because: "a Deny", change: { effect: "Deny" as const }, is: { kind: "denial" } },
    {
      because: "a caller that may do more than invoke",
      change: { principal: "*", action: "lambda:UpdateFunctionCode" },
      is: { kind: "caller", what: "caller anyone", details: ["may call lambda:UpdateFunctionCode"] },
    },
    {
      because: "a caller that is denied",
      change: { principal: "*", action: "lambda:InvokeFunction", effect: "Deny" as const },
      is: { kind: "caller-denial", details: [] },
    },
  ])("are exact: $because", ({ change, is }) => {
    expect(lines([row(change)])).toMatchObject([is]);
  });
});
