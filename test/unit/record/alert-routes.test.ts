import { describe, expect, test } from "@jest/globals";
import type { AlertEvent } from "../../../src/model/alert-event.ts";
import type { Namespace } from "../../../src/model/aws/ids.ts";
import type { Key } from "../../../src/model/keys/key.ts";
import type { Route } from "../../../src/record/route.ts";
import { closed, EVENTS, KEY, opened, POLICY_KEY } from "./settlements.ts";
import { routeOf } from "../../support/record/alert-receivers.ts";
import { EVERYTHING, recording, settlement } from "../../support/record/recording.ts";

const ALL = { accountId: null, namespace: null, key: null } as const;

describe("the end of an incident", () => {
  const SECURITY: Route = routeOf({ name: "pager", severity: "security" });

  test.each<{ before: readonly AlertEvent[]; end: AlertEvent; routes: readonly string[]; because: string }>([
    {
      before: [opened()],
      end: closed(),
      routes: ["ops", "pager"],
      because: "a receiver of the first message also gets the last one",
    },
    {
      before: [opened({ severity: "other" })],
      end: closed(),
      routes: ["ops"],
      because: "a receiver without the first message does not get the last one",
    },
    {
      before: [opened(), opened({ severity: "other" })],
      end: closed(),
      routes: ["ops", "pager"],
      because: "the most severe first message counts",
    },
    {
      before: [],
      end: closed(),
      routes: ["ops", "pager"],
      because: "an incident that 0.1.0 opened is in no record: every receiver gets its end",
    },
    {
      before: [opened({ severity: "other" }), closed()],
      end: closed(),
      routes: ["ops", "pager"],
      because: "the severity of one incident does not affect the next one",
    },
  ])("$because", async ({ before, end, routes }) => {
    const { recorder, sent } = recording([EVERYTHING, SECURITY]);
    for (const event of before) await recorder.record(settlement([event]));
    const count = sent().length;

    await recorder.record(settlement([end]));

    expect(
      sent()
        .slice(count)
        .map(({ route }) => route),
    ).toEqual(routes);
  });

  test.each([
    {
      sent: ["ops", "ops"],
      severity: "other",
      because: "all messages of a harmless incident go to the same route",
    },
    { sent: ["ops", "pager", "ops", "pager"], severity: "security", because: "a severe one goes to both" },
  ] as const)("within one settlement: $because", async ({ sent: routes, severity }) => {
    const { recorder, sent } = recording([EVERYTHING, SECURITY]);

    await recorder.record(settlement([opened({ severity }), opened({ key: POLICY_KEY }), closed()]));

    const ofKey = sent().filter(({ key }) => key === KEY);
    expect(ofKey.map(({ route }) => route)).toEqual(routes);
  });

  test("beginning and end in one settlement are two messages of one incident, in order", async () => {
    const { recorder, sent } = recording();

    await recorder.record(settlement([opened(), closed()]));

    expect(sent().map(({ status }) => status)).toEqual(["open", "closed"]);
    expect(new Set(sent().map(({ incident }) => incident)).size).toBe(1);
  });
});

describe("the routes of alerts", () => {
  const of = async (route: Partial<Route>, event: AlertEvent) => {
    const { recorder, sent } = recording([{ ...EVERYTHING, ...route }]);
    await recorder.record(settlement([event]));
    return sent();
  };
  const kindsSent = async (route: Partial<Route>): Promise<readonly string[]> => {
    const { recorder, sent } = recording([{ ...EVERYTHING, ...route }]);
    for (const event of Object.values(EVENTS)) await recorder.record(settlement([event]));
    return sent().map(({ kind }) => kind);
  };

  test("a route for everything gets every alert, and nothing that is for a forge", async () => {
    // The incident of `account-removed` has ended by then.
    const alerts = Object.keys(EVENTS).filter(
      (kind) => !["commit-status", "pull-request-note", "account-removed"].includes(kind),
    );

    expect(await kindsSent({})).toEqual(alerts);
  });

  test("a route for security gets nothing else", async () => {
    expect(await kindsSent({ severity: "security" })).toEqual([
      "drift-opened",
      "drift-closed",
      "drift-author-found",
      "pass-failed",
      "pass-recovered",
      "account-unreadable",
      "account-read",
      "contended",
      "contention-ended",
      "role-recreated",
      "first-comparison",
      "revision-held",
      "revision-decided",
      "record-broken",
      "record-verified",
      "unrecorded-writes",
      "unrecorded-writes-ended",
    ]);
  });

  test("a harmless first comparison does not go to the security route", async () => {
    expect(await of({ severity: "security" }, { ...EVENTS["first-comparison"], findings: [] })).toEqual([]);
  });

  test("a team's route gets what concerns its functions", async () => {
    expect(await kindsSent({ namespaces: ["orders"] })).toEqual([
      "drift-opened",
      "drift-closed",
      "drift-author-found",
      "held",
      "refused",
      "refusal-ended",
      "files-refused",
      "files-read",
      "document-broken",
      "document-fixed",
      "contended",
      "contention-ended",
      "adoption-undone",
      "adoption-undo-stopped",
      "wave-stopped",
      "role-recreated",
      "first-comparison",
      "suspension-ending",
      "waiting-long",
      "waiting-ended",
      "hold-ended",
    ]);
    expect(await kindsSent({ namespaces: ["payments"] })).toEqual([]);
  });

  test.each([
    {
      teams: [["orders", ["chat"]]],
      routes: ["ops", "chat"],
      because: "its Team names the route, and the operator's keep what they get",
    },
    { teams: [["search", ["chat"]]], routes: ["ops"], because: "another Team names it" },
    { teams: [["orders", ["chta"]]], routes: ["ops"], because: "there is no such route" },
    {
      teams: [["orders", ["ops", "pager"]]],
      routes: ["ops"],
      because: "a route gets an alert once, from its severity on",
    },
  ] as const)("an alert of a team goes to $routes: $because", async ({ teams, routes }) => {
    const { recorder, sent } = recording([
      EVERYTHING,
      routeOf({ name: "chat", namespaces: [], severity: "other" }),
      routeOf({ name: "pager", namespaces: [], severity: "security" }),
    ]);
    const teamRoutes = new Map<Namespace, readonly string[]>(
      teams.map(([team, names]) => [team as Namespace, names]),
    );

    await recorder.record({ ...settlement([opened({ severity: "other" })]), teamRoutes });

    expect(sent().map(({ route }) => route)).toEqual(routes);
  });

  test("what was read of a function that its Team does not allow goes to no route of single namespaces", async () => {
    const { recorder, sent } = recording([EVERYTHING, routeOf({ name: "chat", namespaces: ["orders"] })]);
    const teamRoutes = new Map([["orders" as Namespace, ["chat"]]]);
    const hiddenKeys = new Set([opened().key]);
    const { refused } = EVENTS;

    await recorder.record({ ...settlement([opened(), refused]), teamRoutes, hiddenKeys });

    expect(sent().map(({ route, text }) => [route, text.includes("Administrator")])).toEqual([
      ["ops", true],
      ["ops", false],
      ["chat", false],
    ]);
  });

  test("a difference names the rollback of its source, its reason only on a route for all namespaces, and a route that is added later gets neither", async () => {
    const { recorder, sent, changes } = recording([
      EVERYTHING,
      routeOf({ name: "chat", namespaces: ["orders"] }),
    ]);
    const rollback = {
      source: "main",
      revision: "main@1111111",
      until: "2026-11-25T12:30:00.000Z",
      actor: "dana",
      reason: "INC-4410 of payments",
    };

    await recorder.record(settlement([opened({ rollback })]));

    const named = "Rollback: source main is at main@1111111 until 2026-11-25 12:30Z by dana";
    expect(
      sent().map(({ route, text }) => [route, /^Rollback: .*(\n {6}a push .*)/m.exec(text)?.[0]]),
    ).toEqual([
      ["ops", `${named}: "INC-4410 of payments"\n      a push to this source is not applied before its end`],
      ["chat", `${named}\n      a push to this source is not applied before its end`],
    ]);
    expect(JSON.stringify(changes.flatMap(({ incidents = [] }) => incidents))).not.toMatch(
      /rollback|payments|is not applied/i,
    );
  });

  test.each([
    { namespaces: ["orders"], namespace: "orders", sent: 2, because: "the source of its own namespace" },
    { namespaces: ["*"], namespace: "orders", sent: 2, because: "a source of any namespace" },
    { namespaces: ["orders"], namespace: "search", sent: 0, because: "the source of another namespace" },
    { namespaces: ["orders"], namespace: null, sent: 0, because: "the platform source" },
  ])("a route of $namespaces gets $sent alerts of $because", async ({ namespaces, namespace, sent }) => {
    const ofSource = { source: namespace ?? "main", namespace: namespace as Namespace | null };
    const held = await of({ namespaces }, { ...EVENTS["revision-held"], ...ofSource });
    const failed = await of({ namespaces }, { ...EVENTS["source-failed"], ...ofSource });

    expect([...held, ...failed]).toHaveLength(sent);
  });

  test("a team's route gets only its own lines of a list", async () => {
    const [held] = await of({ namespaces: ["search"] }, EVENTS.held);
    const [first] = await of({ namespaces: ["search"] }, EVENTS["first-comparison"]);
    const [ending] = await of({ namespaces: ["search"] }, EVENTS["suspension-ending"]);

    for (const message of [held, first, ending]) {
      expect(message?.text).toMatch(/search\/audit/);
      expect(message?.text).not.toMatch(/ {4}\S*orders-api/);
    }
  });

  test.each([
    {
      scope: { ...ALL, namespace: "orders", accountId: "222222222222" },
      sent: 1,
      because: "its own namespace",
    },
    { scope: { ...ALL, namespace: "search" }, sent: 0, because: "another namespace" },
    { scope: ALL, sent: 0, because: "everything, without a pending change of its own" },
    {
      scope: { ...ALL, key: "function/222222222222/eu-west-1/orders/orders-api" as Key },
      sent: 1,
      because: "its own function",
    },
  ])("a suspension of $because", async ({ scope, sent }) => {
    expect(
      await of({ namespaces: ["orders"] }, { ...EVENTS["suspension-ending"], scope, willChange: [] }),
    ).toHaveLength(sent);
  });
});
