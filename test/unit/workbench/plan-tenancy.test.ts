import { expect, test } from "@jest/globals";
import { platformChanges } from "../../../src/workbench/plan/merge/platform-changes.ts";
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
  ["a wider Team", "a", "a, b", ["Team orders changes"]],
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
