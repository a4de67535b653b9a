import { describe, expect, test } from "@jest/globals";
import { withFormerLines } from "../../../src/cli/plan/former-lines.ts";
import { NO_DELTA, type Delta, type DeltaRow } from "../../../src/model/delta.ts";
import type { AppliedState } from "../../../src/model/key-record.ts";
import { appliedRecord, binding, compiled, ORDERS_READ, ORIGIN, policy } from "../../support/bindings.ts";
import { compileTexts, functionText } from "../../support/manifests.ts";

function row(change: Partial<DeltaRow>): DeltaRow {
  return {
    effect: "Allow",
    principal: null,
    action: "s3:GetObject",
    resource: "*",
    condition: "",
    from: "inline grantkeeper",
    sid: null,
    origin: null,
    certainty: "proved",
    risk: "none",
    otherCondition: null,
    limit: null,
    ...change,
  };
}

function lost(...rows: readonly Partial<DeltaRow>[]): Delta {
  return { ...NO_DELTA, noLongerAllowed: rows.map(row) };
}

function linesOf(delta: Delta, applied: AppliedState | null): readonly (number | null)[] {
  return withFormerLines(delta, applied).noLongerAllowed.map(({ origin }) => origin?.line ?? null);
}

const SPEC = `  grants: [{sqs: {queue: q, allow: [send]}}]
  invokedBy: [{sns: {topic: placed}}]
`;
const [git] = compileTexts({ "teams/orders/a.yaml": functionText("a", SPEC) }).desired.bindings.values();
if (git === undefined) throw new Error("nothing was compiled");
const { applied } = appliedRecord(git);
const [grant] = git.role.inline.statements;
const [caller] = git.callers;

describe("what is taken away is placed where the manifest had it", () => {
  test.each([
    { sid: grant?.statement.Sid ?? "", line: grant?.origin.line, because: "a grant" },
    { sid: caller?.sid ?? "", line: caller?.origin.line, because: "a caller" },
  ])("$because", ({ sid, line }) => {
    expect(linesOf(lost({ sid }), applied)).toEqual([line]);
  });

  test("a policy's statement", () => {
    const document = compiled({ ...ORDERS_READ, Sid: "A" });
    const desired = { kind: "policy", policy: policy(document) } as const;
    const state = applied === null ? null : { ...applied, desired };

    expect(linesOf(lost({ sid: "A" }), state)).toEqual([document.statements[0]?.origin.line]);
  });
});

test.each([
  { sid: "SomebodyElses", because: "of a statement that git never had" },
  { sid: null, because: "of one without Sid" },
])("no line is made up $because", ({ sid }) => {
  expect(linesOf(lost({ sid }), applied)).toEqual([null]);
});

test("a line that is known stays, and nothing is placed where nothing was applied", () => {
  const sid = grant?.statement.Sid ?? "";
  const known = lost({ sid, origin: { ...ORIGIN, line: 99 } });

  expect(linesOf(known, applied)).toEqual([99]);
  expect(linesOf(lost({ sid }), null)).toEqual([null]);
  expect(linesOf(lost({ sid }), appliedRecord(binding()).applied)).toEqual([null]);
});
