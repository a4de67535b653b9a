import { expect, test } from "@jest/globals";
import type { Action } from "../../../../src/model/plan.ts";
import type { DriftChange } from "../../../../src/model/drift.ts";
import { approvedPartText, blockedText } from "../../../../src/plan/render/approved/approved-text.ts";
import { digestOf } from "../../../../src/model/values/digest.ts";
import { revertText } from "../../../../src/plan/render/revert.ts";

const EXTRA = { kind: "statement-extra", ours: false, danger: "none" } as const;

test.each<{ change: DriftChange; text: string }>([
  { change: { ...EXTRA, sid: "s", qualifier: null }, text: '- statement "s"' },
  { change: { ...EXTRA, sid: null, qualifier: "live" }, text: "- statement without Sid on live" },
  {
    change: { kind: "former-statement", sid: "s", qualifier: null },
    text: '- statement "s" of the former function',
  },
  { change: { kind: "policy-tag", tag: "a" }, text: '~ tag "a" of the policy' },
  { change: { kind: "actions-grown", pattern: "s3:Get*", actions: [] }, text: '~ actions "s3:Get*"' },
  { change: { kind: "role-not-published", versions: [] }, text: "~ role of published versions" },
])("a revert of $change.kind is shown as $text", ({ change, text }) => {
  expect(revertText(change)).toBe(text);
});

const BY = { digest: digestOf("switch"), by: "dana", until: "2026-11-30T12:00:00.000Z" };
const APPROVED = "approved by dana until 2026-11-30 12:00:00Z";

function switchDue(due: Action["due"]): Action {
  return { call: "lambda:UpdateFunctionConfiguration", after: "arn:role", due } as Action;
}

test.each<{ due: Action["due"]; waits: string }>([
  { due: { kind: "now" }, waits: "" },
  {
    due: { kind: "after-wait" },
    waits: "; the switch waits: the last change of its role must reach AWS everywhere",
  },
  {
    due: { kind: "at", atMs: Date.parse("2026-11-30T11:00:00Z") },
    waits:
      "; the switch waits until 2026-11-30 11:00:00Z: the last change of its role must reach AWS everywhere",
  },
])("an approved switch that is due $due.kind states what it waits for", ({ due, waits }) => {
  const facts = { approved: [BY], drifts: [], heldBack: null };

  expect(approvedPartText({ actions: [switchDue(due)], digest: BY.digest }, facts)).toBe(
    `${APPROVED}${waits}`,
  );
});

test("a switch waits for the first difference of its role and counts the others", () => {
  const difference = { subject: "arn:role", change: { kind: "role-missing" } };
  const drifts = [difference, difference, { ...difference, subject: "arn:other" }] as never;

  expect(blockedText([switchDue({ kind: "now" })], drifts)).toMatch(
    /^the switch waits until its role matches Git: - its role does not exist.* \(and 1 more\)$/,
  );
  expect(blockedText([], drifts)).toBeNull();
});
