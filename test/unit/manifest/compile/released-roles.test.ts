import { describe, expect, test } from "@jest/globals";
import type { Arn } from "../../../../src/model/aws/arn.ts";
import type { Holders } from "../../../../src/manifest/compile/conflicts.ts";
import { compileTexts, functionText } from "../../../support/manifests.ts";
import { FILE, KEY } from "./compilation.ts";

const ROLES = "arn:aws:iam::222222222222:role/grantkeeper/";
const HOLDERS: Holders = new Map([
  [
    KEY,
    {
      accountId: "222222222222",
      region: "eu-west-1",
      functionName: "a",
      role: { name: "a-eu-west-1", arn: `${ROLES}a-eu-west-1` as Arn },
    },
  ],
]);

function compiled(spec: string, holders = HOLDERS) {
  return compileTexts({ [FILE]: functionText("a", spec) }, { holders });
}

describe("mode: release", () => {
  test.each([
    { changes: "the name of the role", spec: "  role: {name: other}\n", other: "other" },
    { changes: "the path of the role", spec: "  role: {path: /grantkeeper/x/}\n", other: "x/a-eu-west-1" },
    { changes: "the function that names the role", spec: "  function: b\n", other: "b-eu-west-1" },
  ])("is refused if it also changes $changes, and the applied state stays", ({ spec, other }) => {
    const { desired, diagnostics, invalid } = compiled(`  mode: release\n${spec}`);

    expect(desired.bindings.size).toBe(0);
    expect([...invalid.keys()]).toEqual([KEY]);
    expect(diagnostics).toMatchObject([
      {
        code: "other-released-role",
        message: `mode release names role ${ROLES}${other}, and ${ROLES}a-eu-west-1 was applied`,
      },
    ]);
  });

  test.each([
    { because: "it names the applied role", spec: "  mode: release\n", holders: HOLDERS },
    {
      because: "nothing was applied",
      spec: "  mode: release\n  role: {name: other}\n",
      holders: new Map() as Holders,
    },
    { because: "it is no release", spec: "  role: {name: other}\n", holders: HOLDERS },
  ])("is valid: $because", ({ spec, holders }) => {
    expect([...compiled(spec, holders).desired.bindings.keys()]).toEqual([KEY]);
  });
});
