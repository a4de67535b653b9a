import { expect, test } from "@jest/globals";
import { withTeamRoutes } from "../../../src/controller/team-routes.ts";
import type { Settlement } from "../../../src/settle/settlement.ts";
import { binding } from "../../support/pass/bindings.ts";
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
async function recorded(
  enforced: unknown,
  settlement: Settlement,
  views: ReadonlyMap<string, unknown> = new Map(),
): Promise<Settlement | undefined> {
  const seen: Settlement[] = [];
  const recorder = { record: async (each: Settlement): Promise<void> => void seen.push(each) };
  await withTeamRoutes(recorder, { enforced, account: () => ({ views }) } as never).record(settlement);
  return seen[0];
}

const ALERT: Settlement = { facts: [], change: {}, alerts: [EVENTS["drift-opened"]] };
const ENFORCED = { compilation: compileTexts({ "platform/teams.yaml": TEAMS }) };

test("an alert goes out with the routes that the Teams in force name; a Team with an error names none", async () => {
  const found = await recorded(ENFORCED, ALERT);

  expect(found).toEqual({
    ...ALERT,
    teamRoutes: new Map([["orders", ["chat"]]]),
    hiddenKeys: new Set(),
  });
});

test.each([
  { declared: "search-a", view: null, because: "its declared function is not one of its Team" },
  { declared: null, view: "search-a", because: "its applied function is not one of its Team any more" },
  { declared: null, view: "orders-a", hidden: false, because: "its applied function is one of its Team" },
  {
    declared: "orders-a",
    view: "search-a",
    hidden: false,
    because: "its declared function is one of its Team",
  },
])("what was read of a key is hidden ($hidden) if $because", async ({ declared, view, hidden = true }) => {
  const key = EVENTS["drift-opened"].key;
  const state = (functionName: string) => ({
    ...binding({}, { key, functionName }),
    account: "prod" as never,
  });
  const { desired } = ENFORCED.compilation;
  const bindings = new Map(declared === null ? [] : [[key, state(declared)]]);
  const views = new Map(view === null ? [] : [[key, { desired: state(view) }]]);

  const found = await recorded({ compilation: { desired: { ...desired, bindings } } }, ALERT, views);

  expect([...(found?.hiddenKeys ?? [])]).toEqual(hidden ? [key] : []);
});

test("what has no alert, and what is recorded before a revision is in force, stays as it is", async () => {
  const silent: Settlement = { ...ALERT, alerts: [] };

  expect([await recorded(ENFORCED, silent), await recorded(null, ALERT)]).toEqual([silent, ALERT]);
});
