import { expect, test } from "@jest/globals";
import { platformChanges } from "../../../src/workbench/plan/merge/platform-changes.ts";
import { compileTexts } from "../../support/manifests.ts";

function desiredWith(functions: string | null) {
  const team = `apiVersion: grantkeeper.dev/v1alpha1
kind: Team
metadata: {name: orders}
spec: {accounts: [prod], functions: [${functions ?? ""}]}
`;
  return compileTexts(functions === null ? {} : { "platform/teams.yaml": team }).desired;
}

test.each([
  ["the first Team", null, "a", ["Team orders is added", "tenancy becomes closed"]],
  ["a wider Team", "a", "a, b", ["Team orders changes"]],
  ["the last Team", "a", null, ["Team orders is removed", "tenancy becomes open"]],
  ["no Team", null, null, []],
])("a plan shows %s as a change of the platform", (_, before, after, changes) => {
  const found = platformChanges(desiredWith(before), desiredWith(after));

  expect(found.map(({ text }) => text)).toEqual(changes);
});
