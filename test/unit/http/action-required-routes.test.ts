import { describe, expect, test } from "@jest/globals";
import type { Access } from "../../../src/http/access/access.ts";
import type { FakeState } from "../../support/fakes/fake-state.ts";
import { NOW_MS, ALL, calm, itemsOf } from "../../support/screens/action-required.ts";

const ORDERS: Access = { ...ALL, namespaces: new Set(["orders"]) };

describe("an alert route", () => {
  const withRoute = (deliveredMs: number | null, problemMs: number | null, waiting = 0): FakeState => {
    const state = calm();
    const route = {
      name: "ops",
      sink: "mail",
      namespaces: ["*"],
      accounts: ["*"],
      severity: "other",
      waiting,
      oldestWaitingMs: waiting === 0 ? null : NOW_MS - 900_000,
      deliveredMs,
      problem: problemMs === null ? null : { atMs: problemMs, cause: "no answer", fix: "start it" },
    } as const;
    return { ...state, overview: { ...state.overview, alertRoutes: [route] } };
  };

  test("that accepts nothing since a failure is an item with its cause, fix and age", async () => {
    expect(await itemsOf(withRoute(null, NOW_MS - 60_000, 2))).toEqual([
      {
        kind: "alerts",
        target: "ops",
        message: "alerts are not delivered",
        details: ["no answer", "2 messages waiting"],
        hint: "start it",
        security: false,
        since: new Date(NOW_MS - 900_000).toISOString(),
      },
    ]);
  });

  test.each([
    ["of which only a part accepted the last message", NOW_MS, NOW_MS, 1],
    ["whose last message was given up", NOW_MS - 1, NOW_MS, 1],
    ["that accepted something after the failure", NOW_MS, NOW_MS - 1, 0],
    ["that never failed", NOW_MS, null, 0],
    ["that has sent nothing yet", null, null, 0],
  ] as const)("%s: %p %p", async (_, deliveredMs, problemMs, count) => {
    expect(await itemsOf(withRoute(deliveredMs, problemMs))).toHaveLength(count);
  });

  test("is not shown to a team", async () => {
    expect(await itemsOf(withRoute(null, NOW_MS), ORDERS)).toEqual([]);
  });
});
