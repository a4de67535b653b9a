import { expect, test } from "@jest/globals";
import { isPreapproved } from "../../../src/judge/approvals/new-access.ts";
import { NO_DELTA, OWN_INLINE, type Delta, type DeltaRow } from "../../../src/model/delta.ts";
import { contextOf, world } from "../guard/judged.ts";
import { mayDo } from "../plan/render/views.ts";

const TEAM = `apiVersion: grantkeeper.dev/v1alpha1
kind: Team
metadata: {name: orders}
spec: {accounts: ["*"], functions: ["*"], resources: [orders]}
`;
const found = world("  grants: [{dynamodb: {table: orders, allow: [read]}}]\n  logs: false\n", {
  "platform/team.yaml": TEAM,
});
const SID = found.binding.role.inline.statements[0]?.statement.Sid ?? null;
const APPROVAL = { group: null, preapproved: { dynamodb: ["read"] } };

/** What a change allows, as it differs from a permission of the listed grant. */
function allowing(change: Partial<DeltaRow>): Delta {
  const { allowed } = mayDo("dynamodb:GetItem");
  return { ...NO_DELTA, allowed: allowed.map((row) => ({ ...row, from: OWN_INLINE, sid: SID, ...change })) };
}

test.each([
  { change: allowing({}), is: true, because: "it is of a listed grant" },
  { change: allowing({ sid: null }), is: false, because: "a statement without a Sid is not ours" },
  { change: allowing({ sid: "Other" }), is: false, because: "no grant has this Sid" },
  {
    change: allowing({ from: { kind: "inline", name: "other" } }),
    is: false,
    because: "another policy may have the same Sid",
  },
  {
    change: allowing({ from: { kind: "managed", arn: "arn:aws:iam::aws:policy/X" } }),
    is: false,
    because: "an attached policy is not a grant",
  },
  {
    change: allowing({ from: { kind: "other", name: "function" } }),
    is: false,
    because: "a caller is not a grant",
  },
  {
    change: allowing({ limit: { kind: "denial", from: OWN_INLINE, sid: "Deny" } }),
    is: false,
    because: "the end of a Deny is not a grant",
  },
  {
    change: allowing({ limit: { kind: "boundary", from: { kind: "boundary" }, sid: null } }),
    is: false,
    because: "a wider boundary is not a grant",
  },
  {
    change: { ...allowing({}), unknownEffect: [{ kind: "comparison-limit" as const }] },
    is: false,
    because: "a part of the change could not be compared",
  },
])("a change is preapproved or not: $because", ({ change, is }) => {
  const context = { state: found.binding, rules: contextOf(found) };

  expect(isPreapproved(change, APPROVAL, context)).toBe(is);
});

test("the key of a listed grant is preapproved with it", () => {
  const spec =
    "  grants: [{dynamodb: {table: orders, allow: [read], kmsKey: alias/orders}}]\n  logs: false\n";
  const encrypted = world(spec, { "platform/team.yaml": TEAM });
  const sids = encrypted.binding.role.inline.statements.map(({ statement }) => statement.Sid ?? "");
  const context = { state: encrypted.binding, rules: contextOf(encrypted) };
  const key = allowing({ sid: sids.find((sid) => sid.includes("Key")) ?? null });

  expect(isPreapproved(key, APPROVAL, context)).toBe(true);
  expect(isPreapproved(key, { group: null, preapproved: { sqs: ["read"] } }, context)).toBe(false);
});

test.each([
  { allow: "GetItem", preapproved: ["read"], is: true },
  { allow: "DescribeTable", preapproved: ["write"], is: true },
  { allow: "GetItem", preapproved: ["write"], is: false },
])("an exact action is preapproved with a verb that contains it: $allow by $preapproved is $is", (row) => {
  const spec = `  grants: [{dynamodb: {table: orders, allow: [${row.allow}]}}]\n  logs: false\n`;
  const exact = world(spec, { "platform/team.yaml": TEAM });
  const sid = exact.binding.role.inline.statements[0]?.statement.Sid ?? null;
  const approval = { group: null, preapproved: { dynamodb: row.preapproved } };
  const context = { state: exact.binding, rules: contextOf(exact) };

  expect(isPreapproved(allowing({ sid }), approval, context)).toBe(row.is);
});

test.each([
  { preapproved: ["put"], is: false },
  { preapproved: ["read"], is: true },
])("the key of an action is preapproved with a verb that decrypts too: by $preapproved is $is", (row) => {
  const spec =
    "  grants: [{kinesis: {stream: orders, allow: [DescribeStreamSummary], kmsKey: alias/orders}}]\n  logs: false\n";
  const exact = world(spec, { "platform/team.yaml": TEAM });
  const sids = exact.binding.role.inline.statements.map(({ statement }) => statement.Sid ?? "");
  const key = allowing({ sid: sids.find((sid) => sid.includes("Key")) ?? null });
  const approval = { group: null, preapproved: { kinesis: row.preapproved } };
  const context = { state: exact.binding, rules: contextOf(exact) };

  expect(isPreapproved(key, approval, context)).toBe(row.is);
});

test("a policy of its own is never preapproved: many functions may attach it", () => {
  const [policy] = found.desired.policies.values();
  if (policy === undefined) throw new Error("the world has no policy");

  expect(isPreapproved(allowing({}), APPROVAL, { state: policy, rules: contextOf(found) })).toBe(false);
});

test.each([
  { preapproved: {} },
  { preapproved: { dynamodb: ["write"] } },
  { preapproved: { sqs: ["read"] } },
])("a grant that $preapproved does not list is not preapproved", ({ preapproved }) => {
  const context = { state: found.binding, rules: contextOf(found) };

  expect(isPreapproved(allowing({}), { group: null, preapproved }, context)).toBe(false);
});
