import { describe, expect, test } from "@jest/globals";
import { accountText, compileTexts, functionText } from "../../../support/manifests.ts";
import { FILE, KEY } from "./compilation.ts";

const ROLE = "arn:aws:iam::222222222222:role/service-role/orders-legacy";
const IN_PLACE = "  role: {name: orders-legacy, path: /service-role/, adopt: reviewed}\n";

function compiled(spec: string, adoptableRoles: readonly string[]) {
  const account = accountText("prod", "222222222222").replace(
    "tagKeys:",
    `adoptableRoles: ${JSON.stringify(adoptableRoles)}\n  tagKeys:`,
  );
  return compileTexts({ "platform/accounts.yaml": account, [FILE]: functionText("a", spec) });
}

describe("role.adopt: reviewed", () => {
  test("names a role outside /grantkeeper/ that the account lists", () => {
    const { desired, diagnostics } = compiled(IN_PLACE, [ROLE]);

    expect(diagnostics).toEqual([]);
    expect(desired.bindings.get(KEY)?.role).toMatchObject({ arn: ROLE, adopt: "reviewed" });
  });

  test.each([
    { because: "the account lists none", listed: [] },
    { because: "the account lists another path", listed: ["arn:aws:iam::222222222222:role/orders-legacy"] },
  ])("is refused with the line that the platform adds: $because", ({ listed }) => {
    const { desired, diagnostics } = compiled(IN_PLACE, listed);

    expect(desired.bindings.size).toBe(0);
    expect(diagnostics).toMatchObject([
      {
        code: "adoptable-role",
        message: `account prod does not allow to take over ${ROLE}`,
        fix: `the platform team adds it to AwsAccount prod: adoptableRoles: ["${ROLE}"]`,
      },
    ]);
  });

  test("needs no list for its release", () => {
    expect([...compiled(`  mode: release\n${IN_PLACE}`, []).desired.bindings.keys()]).toEqual([KEY]);
  });

  test("is needed for a path outside /grantkeeper/, also if a variable makes it", () => {
    const spec = '  role: {name: x, path: "/${namespace}/"}\n';

    expect(compiled(spec, [ROLE]).diagnostics).toMatchObject([
      { code: "role-path", message: '"/orders/" is not below /grantkeeper/' },
    ]);
  });
});
