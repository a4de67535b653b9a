import { expect, test } from "@jest/globals";
import { platformChanges } from "../../../src/workbench/plan/merge/platform-changes.ts";
import { changedFields } from "../../../src/workbench/plan/merge/changed-fields.ts";
import { accountText, compileTexts } from "../../support/manifests.ts";

function teamWith(functions: string | null) {
  const team = `apiVersion: grantkeeper.dev/v1alpha1
kind: Team
metadata: {name: orders}
spec: {accounts: [prod], functions: [${functions ?? ""}]}
`;
  return compileTexts(functions === null ? {} : { "platform/teams.yaml": team });
}

test.each([
  ["the first Team", null, "a", ["Team orders is added", "tenancy becomes closed"]],
  ["a wider Team", "a", "a, b", ["Team orders changes: functions: + b"]],
  ["another Team", "a, b", "c, b", ["Team orders changes: functions: + c, - a"]],
  ["the last Team", "a", null, ["Team orders is removed", "tenancy becomes open"]],
  ["no Team", null, null, []],
])("a plan shows %s as a change of the platform", (_, before, after, changes) => {
  const found = platformChanges(teamWith(before), teamWith(after));

  expect(found.map(({ text }) => text)).toEqual(changes);
});

test("a plan shows a document with an error as broken, never as removed", () => {
  const account = accountText("prod", "222222222222");
  const before = compileTexts({ "platform/accounts.yaml": account });
  const after = compileTexts({ "platform/accounts.yaml": account.replace("regions:", "regoins:") });

  expect(platformChanges(before, after).map(({ text }) => text)).toContain("AwsAccount prod is broken");
});

test.each([
  [{ mode: "observe" }, { mode: "enforce" }, "mode: observe → enforce"],
  [{ limits: { deletes: 1 } }, { limits: { deletes: 2 } }, "limits.deletes: 1 → 2"],
  [{ profile: "strict" }, { statements: true }, "profile: - strict; statements: + true"],
  [{ boundaries: ["a", "b"] }, { boundaries: ["b", "a"] }, "boundaries: another order"],
  [{ shares: [{ with: "a" }] }, { shares: [{ with: "b" }] }, "shares: changes"],
  [{ resources: ["a"] }, {}, "resources: - a"],
  [{ limits: null }, { limits: 1 }, "limits: changes"],
  [{}, {}, ""],
  [
    {},
    { a: 1, b: 1, c: 1, d: 1, e: 1, f: 1, g: 1, h: 1 },
    "a: + 1; b: + 1; c: + 1; d: + 1; e: + 1; f: + 1; and 2 more",
  ],
])("the fields in which %j and %j differ", (before, after, text) => {
  expect(changedFields({ spec: before }, { spec: after })).toBe(text);
  expect(changedFields(undefined, undefined)).toBe("");
});
