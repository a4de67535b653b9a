import { describe, expect, test } from "@jest/globals";
import { approvalPart, draftOf, EMPTY_PART, type Draft } from "../../../../src/plan/order/draft.ts";
import { onlyNarrowing } from "../../../../src/plan/order/assemble.ts";
import { NO_DELTA, type DeltaRow } from "../../../../src/model/delta.ts";
import { context } from "../../../support/pass/plans.ts";
import { emptyAccount } from "../../../support/pass/live-state.ts";

const document = (...actions: readonly string[]): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: actions, Resource: "*" }],
  });
const NARROW = document("sqs:SendMessage");
const WIDE = document("sqs:SendMessage", "sqs:DeleteMessage");
const ROW = {} as DeltaRow;

const draft = (change: Pick<Draft, "call"> & Partial<Draft>): Draft =>
  draftOf({
    step: "delete",
    input: {},
    target: "arn:aws:iam::111122223333:role/x",
    before: null,
    after: null,
    cause: "out-of-band",
    ...change,
  });

const CONTEXT = context(emptyAccount());
const narrowed = (one: Draft) => onlyNarrowing({ ...EMPTY_PART, drafts: [one] }, "INV-004: x", CONTEXT);

describe("the part of an undo plan that runs while a rule refuses the applied state", () => {
  test.each([
    { one: draft({ call: "iam:DeleteRolePolicy", before: WIDE }), because: "an extra policy is deleted" },
    { one: draft({ call: "iam:DetachRolePolicy" }), because: "an extra policy is detached" },
    { one: draft({ call: "lambda:RemovePermission" }), because: "an extra caller is removed" },
    {
      one: draft({ call: "iam:PutRolePolicy", before: WIDE, after: NARROW }),
      because: "a document is proved to become narrower",
    },
    {
      one: draft({ call: "iam:CreatePolicyVersion", before: WIDE, after: NARROW }),
      because: "a ManagedPolicy is proved to become narrower",
    },
    {
      one: draft({ call: "iam:PutRolePermissionsBoundary", after: "arn" }),
      because: "a role without a boundary gets one",
    },
  ])("$because", ({ one }) => {
    expect(narrowed(one)).toEqual({ ...EMPTY_PART, drafts: [one] });
  });

  test.each([
    { one: draft({ call: "lambda:AddPermission", after: "{}" }), because: "a caller is added" },
    { one: draft({ call: "iam:CreateRole" }), because: "a role is created" },
    { one: draft({ call: "iam:AttachRolePolicy" }), because: "a policy is attached" },
    { one: draft({ call: "iam:TagRole" }), because: "a tag may permit something" },
    { one: draft({ call: "lambda:UpdateFunctionConfiguration" }), because: "the function gets another role" },
    { one: draft({ call: "iam:PutRolePolicy", after: NARROW }), because: "a document is new" },
    {
      one: draft({ call: "iam:PutRolePolicy", before: NARROW, after: WIDE }),
      because: "a document becomes wider",
    },
    {
      one: draft({ call: "iam:PutRolePolicy", before: document("s3:*"), after: NARROW }),
      because: "neither document contains the other",
    },
    {
      one: draft({ call: "iam:UpdateAssumeRolePolicy", before: "not JSON", after: NARROW }),
      because: "nothing is proved of a document that is not understood",
    },
    {
      one: draft({ call: "iam:DetachRolePolicy", delta: { ...NO_DELTA, allowed: [ROW] } }),
      because: "a removal allows something, since the policy had a Deny",
    },
    {
      one: draft({ call: "iam:DeleteRolePolicy", delta: { ...NO_DELTA, unknownEffect: [{}] as never } }),
      because: "the effect of a removal is not known",
    },
    {
      one: draft({ call: "iam:PutRolePermissionsBoundary", before: "arn:other", after: "arn" }),
      because: "a boundary is replaced, which may widen the role",
    },
  ])("leaves out where $because", ({ one }) => {
    const { drafts, withheld } = narrowed(one);

    expect(drafts).toEqual([]);
    expect(withheld).toEqual([
      {
        kind: "rule-refused",
        subject: one.target,
        reason: `${one.call} would restore a state that a rule refuses now: INV-004: x`,
        fix: "change the manifest so that it breaks no rule",
      },
    ]);
  });

  test("an approval releases only what narrows", () => {
    const asked = { kind: "approval-needed", subject: "x", reason: "y", fix: null } as const;
    const removal = approvalPart(asked, [draft({ call: "iam:DetachRolePolicy" })]);
    const addition = approvalPart(asked, [draft({ call: "lambda:AddPermission" })]);
    const part = { ...EMPTY_PART, approvable: [...removal.approvable, ...addition.approvable] };

    const kept = onlyNarrowing(part, "INV-004: x", CONTEXT);

    expect(kept.approvable).toEqual(removal.approvable);
    expect(kept.withheld.map(({ kind }) => kind)).toEqual(["rule-refused"]);
  });
});
