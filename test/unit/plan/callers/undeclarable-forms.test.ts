import { expect, test } from "@jest/globals";
import { undeclarable, type ExtraDrift } from "../../../../src/plan/callers/callers.ts";
import { binding } from "../../../support/pass/bindings.ts";

const SUBJECT = "arn:aws:lambda:eu-west-1:222222222222:function:orders-api";
const scope = { binding: binding({}, { undeclaredCallers: "remove" }) } as Parameters<typeof undeclarable>[1];

function extra(
  live: string | null,
  change: Partial<ExtraDrift["change"]> = {},
  subject = SUBJECT,
): ExtraDrift {
  const kind = { kind: "statement-extra", qualifier: null, sid: "s", ours: false, danger: "none" } as const;
  return { subject, live, change: { ...kind, ...change } } as ExtraDrift;
}

const DENY = JSON.stringify({
  Sid: "s",
  Effect: "Deny",
  Principal: { AWS: "arn:aws:iam::222222222222:root" },
  Action: "lambda:InvokeFunction",
  Resource: SUBJECT,
});

const fixes = (drift: ExtraDrift): readonly (string | null)[] =>
  undeclarable([drift], scope).map(({ fix }) => fix);

test("a statement that no manifest can declare is kept, with the command that removes it", () => {
  expect(fixes(extra(DENY))[0]).toContain(
    "aws lambda remove-permission --region eu-west-1 --function-name orders-api --statement-id s",
  );
  expect(fixes(extra(DENY, { qualifier: "live" }))[0]).toMatch(/--statement-id s --qualifier live$/);
});

test("without a Sid the policy is read and restored without it", () => {
  expect(fixes(extra(DENY, { sid: null }))[0]).toContain("then restore the policy without it");
});

test("a text that is no statement is kept too", () => {
  expect(fixes(extra(null))).toHaveLength(1);
  expect(fixes(extra("[]"))).toHaveLength(1);
});

test("the command has no name if the subject is no function", () => {
  expect(fixes(extra(DENY, {}, "arn:aws:iam::1:role/x"))[0]).toContain("--function-name  --statement-id s");
});

test("what is ours, or open to everyone, is not kept", () => {
  expect(fixes(extra(DENY, { ours: true }))).toEqual([]);
  expect(fixes(extra(DENY, { danger: "public" }))).toEqual([]);
});

test("nothing is kept for this reason if undeclared callers are only reported", () => {
  const reporting = { ...scope, binding: binding({}, { undeclaredCallers: "report" }) };

  expect(undeclarable([extra(DENY)], reporting)).toEqual([]);
});
