import { describe, expect, test } from "@jest/globals";
import type { Key } from "../../../src/model/keys/key.ts";
import { barOf, estateOf, estateWords, teamWords } from "../../../src/page/view/map/estate.ts";
import type { BindingRow } from "../../../src/page/view/rows.ts";

const row = (name: string, change: Partial<BindingRow> = {}): BindingRow =>
  ({
    key: name as Key,
    kind: "function",
    namespace: "orders",
    account: "prod",
    sync: "synced",
    drift: { kind: "none" },
    ...change,
  }) as BindingRow;

const STATES = {
  isSuspended: ({ key }: BindingRow) => key === ("suspended" as Key),
  riskOf: () => null,
};

describe("the estate", () => {
  test("has each binding and policy once, in its worst state", () => {
    const rows = [
      row("a", { drift: { kind: "drifted", sinceMs: 1 }, sync: "out of sync" }),
      row("refused", { sync: "out of sync", isBlocked: true }),
      row("b", { sync: "out of sync" }),
      row("c", { sync: "unknown" }),
      row("d", { drift: { kind: "unknown" } }),
      row("suspended"),
      row("e", { kind: "policy" }),
    ];

    const [account] = estateOf(rows, STATES);
    const counts = { drifted: 1, blocked: 1, "out of sync": 1, unknown: 2, suspended: 1, synced: 1 };
    expect(account).toEqual({
      account: "prod",
      rows: { bindings: 6, policies: 1 },
      teams: [{ namespace: "orders", rows: { bindings: 6, policies: 1 }, counts }],
    });
  });

  test("has accounts by name, and in each the team with the worst state first", () => {
    const drifted = { drift: { kind: "drifted", sinceMs: 1 } } as const;
    const rows = [
      row("a", { account: "staging" }),
      row("b", { namespace: "billing" }),
      row("c", { namespace: "audit" }),
      row("d", { namespace: "search", ...drifted }),
      row("e", { namespace: "returns", ...drifted }),
      row("f", { namespace: "returns", kind: "policy", ...drifted }),
    ];

    const accounts = estateOf(rows, STATES);

    expect(accounts.map(({ account }) => account)).toEqual(["prod", "staging"]);
    expect(accounts[0]?.teams.map(({ namespace }) => namespace)).toEqual([
      "returns",
      "search",
      "audit",
      "billing",
    ]);
    expect(estateWords(accounts)).toBe("5 bindings, 1 policy of 5 namespaces in 2 accounts");
  });
});

describe("a team", () => {
  const counts = { drifted: 0, blocked: 0, "out of sync": 0, unknown: 0, suspended: 0, synced: 0 };
  const team = (own: Partial<typeof counts>) => ({
    namespace: "orders",
    rows: { bindings: Object.values(own).reduce((sum, count) => sum + count, 0), policies: 0 },
    counts: { ...counts, ...own },
  });

  test.each([
    { own: { synced: 4 }, words: "all synced" },
    { own: { suspended: 4 }, words: "all suspended" },
    { own: { drifted: 2, unknown: 1, synced: 4 }, words: "2 drifted, 1 unknown" },
  ])("is $words", ({ own, words }) => {
    expect(teamWords(team(own))).toBe(words);
  });

  test("has a bar as long as it is large, in which one of a thousand is seen", () => {
    expect(barOf(team({ drifted: 1, synced: 999 }), 2_000)).toEqual([
      { state: "drifted", from: 0, width: 2 },
      { state: "synced", from: 2, width: 49.95 },
    ]);
    expect(barOf(team({ synced: 1 }), 2_000)).toEqual([{ state: "synced", from: 0, width: 2 }]);
  });

  test("has a bar that is never longer than the largest", () => {
    const parts = barOf(team({ drifted: 1, blocked: 1, synced: 998 }), 1_000);

    expect(parts.at(-1)).toEqual({ state: "synced", from: 4, width: 96 });
  });
});
