import { describe, expect, test } from "@jest/globals";
import {
  choicesOf,
  FACETS,
  readFilter,
  selectRows,
  writeFilter,
  type KnownStates,
} from "../../../src/page/view/filters.ts";
import type { BindingRow } from "../../../src/page/view/rows.ts";
import { facetText } from "../../../src/page/view/live/row-counts.ts";
import { windowOf } from "../../../src/page/view/window.ts";
import { knownStates } from "../../../src/page/view/suspended.ts";
import type { OverviewObject } from "../../../src/api/overview.ts";
import type { Key } from "../../../src/model/keys/key.ts";

function row(change: Partial<BindingRow> = {}): BindingRow {
  const { namespace = "orders", owner = "api", account = "prod" } = change;
  return {
    key: `function/111122223333/eu-west-1/${namespace}/${owner}` as Key,
    kind: "function",
    name: `${owner}.111122223333.eu-west-1`,
    namespace,
    owner,
    place: `${account}/eu-west-1`,
    account,
    sync: "synced",
    drift: { kind: "none" },
    reason: "ReconciliationSucceeded",
    wait: null,
    message: "",
    mode: "enforce",
    isBlocked: false,
    region: "eu-west-1",
    role: `role/grantkeeper/${namespace}-${owner}-eu-west-1`,
    labels: [],
    ...change,
  };
}

const NOTHING_KNOWN: KnownStates = { isSuspended: () => false, riskOf: () => null };
const filterOf = (query: string) => readFilter(new URLSearchParams(query));
const owners = (rows: readonly BindingRow[]): readonly string[] => rows.map(({ owner }) => owner);

describe("the filter of the list", () => {
  test("is in the address, and an empty one leaves the address short", () => {
    const query =
      "?q=refunds&state=drifted&namespace=payments&account=prod&region=eu-west-1&mode=observe&reason=Suspended&label=team%3Da&risk=high&role=x&kind=function&sort=-drift&range=7d";

    expect(writeFilter(filterOf(query))).toBe(query);
    expect(writeFilter(filterOf(""))).toBe("");
  });

  test("ignores values of an address that it does not know", () => {
    expect(filterOf("state=green&sort=colour&kind=dog")).toMatchObject({
      facet: null,
      sort: "name",
      kind: null,
    });
  });

  test("selects rows that have every word, in any column", () => {
    const rows = [row({ owner: "refunds" }), row({ owner: "capture", reason: "GuardrailRefused" }), row()];

    expect(owners(selectRows(rows, filterOf("q=capture+refused"), NOTHING_KNOWN).rows)).toEqual(["capture"]);
    expect(owners(selectRows(rows, filterOf("q=prod"), NOTHING_KNOWN).rows)).toEqual([
      "api",
      "capture",
      "refunds",
    ]);
  });

  test.each([
    { query: "namespace=payments", found: ["other"] },
    { query: "account=staging", found: ["other"] },
    { query: "region=us-east-1", found: ["other"] },
    { query: "mode=observe", found: ["other"] },
    { query: "reason=Suspended", found: ["other"] },
    { query: "reason=DriftFound", found: ["other"] },
    { query: "reason=Drift", found: [] },
    { query: "reason=none", found: ["policy"] },
    { query: "label=team%3Dcheckout", found: ["other"] },
    { query: "label=team", found: [] },
    { query: "risk=high", found: ["other"] },
    { query: "risk=low", found: [] },
    { query: "role=payments-other", found: ["other"] },
    { query: "q=checkout+observe", found: ["other"] },
    { query: "region=us-east-1&mode=enforce", found: [] },
  ])("selects by $query: $found", ({ query, found }) => {
    const other = row({
      owner: "other",
      namespace: "payments",
      account: "staging",
      region: "us-east-1",
      mode: "observe",
      reason: "DriftFound,Suspended",
      labels: ["team=checkout", "tier=1"],
    });
    const policy = row({ owner: "policy", kind: "policy", region: null, role: null, reason: null });
    const states: KnownStates = {
      ...NOTHING_KNOWN,
      riskOf: ({ owner }) => (owner === "other" ? "high" : null),
    };

    expect(owners(selectRows([row(), other, policy], filterOf(query), states).rows)).toEqual(found);
  });

  test("knows the highest risk that awaits approval, and nothing of a rejected plan", () => {
    const { key } = row();
    const hold = (change: object) => ({ status: { risk: "low", keys: [key], rejected: null, ...change } });
    const overviewOf = (...holds: readonly object[]) =>
      ({ status: { suspensions: [], holds } }) as unknown as OverviewObject;
    const rejected = { actor: "dana", reason: "no", at: "2026-11-25T12:00:00.000Z" };

    const risks = [
      [hold({}), hold({ risk: "high" }), hold({ risk: "medium" })],
      [hold({ risk: "high", rejected })],
      [hold({ risk: null })],
      [hold({ keys: [] })],
    ].map((holds) => knownStates(overviewOf(...holds)).riskOf(row()));

    expect(risks).toEqual(["high", null, null, null]);
    expect(knownStates(null).riskOf(row())).toBeNull();
  });

  test("offers the values that the rows have, of rows with several of each", () => {
    const rows = [
      row({ labels: ["a=1", "b=2"] }),
      row({ reason: "DriftFound,Suspended" }),
      row({ region: null }),
    ];

    expect(choicesOf(rows, "label")).toEqual(["a=1", "b=2"]);
    expect(choicesOf(rows, "reason")).toEqual(["DriftFound", "ReconciliationSucceeded", "Suspended"]);
    expect(choicesOf(rows, "region")).toEqual(["eu-west-1"]);
    expect(choicesOf([], "risk")).toEqual(["low", "medium", "high"]);
  });

  test("counts each state among the rows that the rest of the filter selects", () => {
    const drifted = row({ owner: "a", drift: { kind: "drifted", sinceMs: 1 } });
    const elsewhere = row({ owner: "b", namespace: "payments", drift: { kind: "drifted", sinceMs: 1 } });
    const unread = row({ owner: "c", sync: "unknown", drift: { kind: "unknown" }, isBlocked: null });
    const policy = row({ owner: "p", kind: "policy", isBlocked: true });
    const states = { ...NOTHING_KNOWN, isSuspended: ({ owner }: BindingRow) => owner === "a" };

    const { counts, rows } = selectRows(
      [drifted, elsewhere, unread, row({ owner: "d", isBlocked: true }), policy],
      filterOf("namespace=orders&state=unknown"),
      states,
    );

    const one = { bindings: 1, policies: 0 };
    expect(counts).toEqual({ drifted: one, blocked: { ...one, policies: 1 }, suspended: one, unknown: one });
    expect(FACETS.map((facet) => facetText(counts[facet]))).toEqual(["1", "1 + 1 policy", "1", "1"]);
    expect(owners(rows)).toEqual(["c"]);
    expect(Object.keys(counts)).toEqual([...FACETS]);
  });

  test("sorts by drift: the longest first, then what is not known, then what has none", () => {
    const rows = [
      row({ owner: "none" }),
      row({ owner: "short", drift: { kind: "drifted", sinceMs: 100_000_000 } }),
      row({ owner: "unread", drift: { kind: "unknown" } }),
      row({ owner: "long", drift: { kind: "drifted", sinceMs: 1_000_001 } }),
    ];

    expect(owners(selectRows(rows, filterOf("sort=drift"), NOTHING_KNOWN).rows)).toEqual([
      "long",
      "short",
      "unread",
      "none",
    ]);
  });

  test("turns the order around", () => {
    const rows = [row({ owner: "a" }), row({ owner: "b" })];

    expect(owners(selectRows(rows, filterOf("sort=-name"), NOTHING_KNOWN).rows)).toEqual(["b", "a"]);
  });
});

describe("the rows that exist on the screen", () => {
  test("are those that it shows and some on both sides", () => {
    expect(windowOf({ top: 4_000, height: 400 }, 40, 10_000)).toEqual({ first: 88, end: 122 });
  });

  test.each([
    { top: -500, because: "the list begins below the top of the screen" },
    { top: 1e9, because: "the list became short while the screen was far down" },
  ])("are within the list: $because", ({ top }) => {
    const { first, end } = windowOf({ top, height: 400 }, 40, 20);

    expect(first).toBeGreaterThanOrEqual(0);
    expect(end).toBeLessThanOrEqual(20);
    expect(end).toBeGreaterThanOrEqual(first);
  });
});
