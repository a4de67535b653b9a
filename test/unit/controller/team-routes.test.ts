import { expect, test } from "@jest/globals";
import { withTeamRoutes } from "../../../src/controller/team-routes.ts";
import type { Settlement } from "../../../src/settle/settlement.ts";
import { compileTexts } from "../../support/manifests.ts";
import { EVENTS } from "../record/settlements.ts";

const TEAMS = `apiVersion: grantkeeper.dev/v1alpha1
kind: Team
metadata: {name: orders}
spec: {accounts: [prod], functions: ["orders-*"], alerts: [chat]}
---
apiVersion: grantkeeper.dev/v1alpha1
kind: Team
metadata: {name: search}
spec: {accounts: [prod], functions: ["search-*"]}
---
apiVersion: grantkeeper.dev/v1alpha1
kind: Team
metadata: {name: payments}
spec: {accounts: [prod], alerts: [chat]}
`;

/** The settlement that reaches the recorder of a controller with this state. */
async function recorded(enforced: unknown, settlement: Settlement): Promise<Settlement | undefined> {
  const seen: Settlement[] = [];
  const recorder = { record: async (each: Settlement): Promise<void> => void seen.push(each) };
  await withTeamRoutes(recorder, { enforced } as never).record(settlement);
  return seen[0];
}

const ALERT: Settlement = { facts: [], change: {}, alerts: [EVENTS["drift-opened"]] };
const ENFORCED = { compilation: compileTexts({ "platform/teams.yaml": TEAMS }) };

test("an alert goes out with the routes that the Teams in force name; a Team with an error names none", async () => {
  const found = await recorded(ENFORCED, ALERT);

  expect(found).toEqual({ ...ALERT, teamRoutes: new Map([["orders", ["chat"]]]) });
});

test("what has no alert, and what is recorded before a revision is in force, stays as it is", async () => {
  const silent: Settlement = { ...ALERT, alerts: [] };

  expect([await recorded(ENFORCED, silent), await recorded(null, ALERT)]).toEqual([silent, ALERT]);
});
