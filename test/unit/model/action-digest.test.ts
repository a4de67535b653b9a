import { expect, test } from "@jest/globals";
import { actionDigest, type Action } from "../../../src/model/plan.ts";
import type { DeltaRow } from "../../../src/model/delta.ts";
import { NO_DELTA } from "../../../src/model/delta.ts";
import { actionOf } from "../../support/pass/passes.ts";

const ROW = { effect: "Allow", action: { kind: "one", name: "s3:GetObject" } } as DeltaRow;
const DENIED = { ...NO_DELTA, allowed: [ROW] };

test.each<{ readonly call: Action["call"]; readonly now: Partial<Action>; readonly because: string }>([
  { call: "lambda:RemovePermission", now: { before: "B" }, because: "another statement under its Sid" },
  { call: "iam:DeleteRolePolicy", now: { before: "B" }, because: "another document under its name" },
  { call: "iam:PutRolePolicy", now: { before: "B" }, because: "another document that is replaced" },
  { call: "iam:UpdateAssumeRolePolicy", now: { before: "B" }, because: "another trust policy" },
  { call: "iam:SetDefaultPolicyVersion", now: { before: "B" }, because: "another default version" },
  { call: "iam:PutRolePermissionsBoundary", now: { before: "B" }, because: "another boundary" },
  { call: "iam:DetachRolePolicy", now: { delta: DENIED }, because: "a policy that denies by now" },
])("an approval of $call does not cover $because", ({ call, now }) => {
  const approved = actionOf({ call, before: "A", delta: NO_DELTA });

  expect(actionDigest({ ...approved, ...now })).not.toBe(actionDigest(approved));
});

test.each<{ readonly call: Action["call"]; readonly now: Partial<Action>; readonly because: string }>([
  { call: "iam:PutRolePolicy", now: { delta: DENIED }, because: "the rows that this version makes of it" },
  { call: "iam:TagRole", now: { before: "B" }, because: "other tags of the role" },
  { call: "iam:CreateRole", now: { risk: "high" }, because: "its risk" },
])("an approval of $call covers it with $because", ({ call, now }) => {
  const approved = actionOf({ call, before: "A", delta: NO_DELTA });

  expect(actionDigest({ ...approved, ...now })).toBe(actionDigest(approved));
});
