import { expect, test } from "@jest/globals";
import type { SwitchCost } from "../../../../src/adopt/switch/switch-cost.ts";
import { switchCostLines } from "../../../../src/workbench/import/switch-costs.ts";

const COST: SwitchCost = {
  account: "prod",
  newRoles: 120,
  roles: { existing: 830, quota: 1_000 },
  mentions: [],
  notRead: ["policies of other resources"],
};

test.each<{ readonly because: string; readonly change: Partial<SwitchCost>; readonly line: string }>([
  { because: "roles that fit", change: {}, line: "prod: 120 new roles, 830 of 1000 exist" },
  {
    because: "the last role that fits",
    change: { newRoles: 170 },
    line: "prod: 170 new roles, 830 of 1000 exist",
  },
  {
    because: "roles over the quota",
    change: { newRoles: 171 },
    line: "prod: 171 new roles, 830 of 1000 exist: 1 too many; request a higher quota for roles in Service Quotas first",
  },
  {
    because: "an unread quota",
    change: { roles: null },
    line: "prod: 120 new roles; the quota of the account is not known",
  },
  {
    because: "unread roles",
    change: { newRoles: null },
    line: "prod: how many roles are new is not known",
  },
])("$because: $line", ({ change, line }) => {
  expect(switchCostLines([{ ...COST, ...change }])[0]).toBe(line);
});

test("policies that name an old role are listed, and how many more there are", () => {
  const mentions = ["a", "b", "c", "d", "e", "f"].map((role) => ({ role, places: ["trust of role x"] }));

  const lines = switchCostLines([{ ...COST, mentions }]);

  expect(lines[1]).toBe("prod: a is named by trust of role x: name the new role there first");
  expect(lines).toContain("prod: 1 more role, which -o json lists");
});
