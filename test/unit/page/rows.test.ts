import { describe, expect, test } from "@jest/globals";
import { holdNameOf, keyOfObject } from "../../../src/page/view/object-names.ts";
import { rowsOfTable } from "../../../src/page/view/rows.ts";

const REFUNDS = { namespace: "payments", name: "refunds.111122223333.eu-west-1" };
const SUMMARY = {
  account: "prod",
  sync: "OutOfSync",
  drift: { kind: "drifted", since: "2026-11-25T11:48:00.000Z" },
  ready: { status: "True", reason: "ObserveOnly", message: "x" },
  isSuspended: false,
  mode: "observe",
  isBlocked: true,
  role: "role/grantkeeper/payments-refunds-eu-west-1",
};

function tableOf(changes: object = {}, metadata: object = REFUNDS) {
  const summary = { ...SUMMARY, ...changes };
  return { rows: [{ cells: [], object: { metadata, summary, asOf: "2026-11-25T12:00:00.000Z" } }] };
}

describe("a row of the list of functions", () => {
  test("has the key, the target and the states of a summary", () => {
    const { rows, notUnderstood } = rowsOfTable(
      tableOf({}, { ...REFUNDS, labels: { tier: "1", team: "checkout" } }),
    );

    expect(notUnderstood).toBe(0);
    expect(rows).toEqual([
      {
        key: "function/111122223333/eu-west-1/payments/refunds",
        kind: "function",
        name: "refunds.111122223333.eu-west-1",
        namespace: "payments",
        owner: "refunds",
        place: "prod/eu-west-1",
        account: "prod",
        sync: "out of sync",
        drift: { kind: "drifted", sinceMs: Date.parse("2026-11-25T11:48:00.000Z") },
        reason: "ObserveOnly",
        wait: null,
        message: "x",
        mode: "observe",
        isBlocked: true,
        region: "eu-west-1",
        role: "role/grantkeeper/payments-refunds-eu-west-1",
        labels: ["team=checkout", "tier=1"],
      },
    ]);
  });

  test.each([
    {
      reason: "ChangeWindowClosed",
      message: "waits for the change window freeze",
      wait: "waits for the change window freeze",
    },
    {
      reason: "WaitingForDependency",
      isSuspended: true,
      message: "waits for orders/api",
      wait: "waits for orders/api",
    },
    { reason: "AwaitingApproval", message: "new access", wait: "waits for approval: new access" },
    { reason: "AccessDenied", message: "iam:GetRole", wait: null },
    { reason: "ReconciliationSucceeded", message: "matches Git", wait: null },
  ])("of $reason has words only for a wait", ({ reason, message, isSuspended = false, wait }) => {
    const table = tableOf({ ready: { status: "False", reason, message }, isSuspended });

    expect(rowsOfTable(table).rows.map((row) => row.wait)).toEqual([wait]);
  });

  test.each([
    { ready: { status: "True", reason: "ReconciliationSucceeded" }, isSuspended: false, reason: null },
    { ready: { status: "True", reason: "ReconciliationSucceeded" }, isSuspended: true, reason: "Suspended" },
    { ready: { status: "False", reason: "DriftFound" }, isSuspended: true, reason: "DriftFound,Suspended" },
    { ready: null, isSuspended: true, reason: "unknown" },
  ])("of $ready has the reason $reason if suspended is $isSuspended", ({ ready, isSuspended, reason }) => {
    const { rows } = rowsOfTable(tableOf({ ready, isSuspended }));

    expect(rows.map((row) => row.reason)).toEqual([reason]);
  });

  test.each([
    { sync: "Synced", drift: { kind: "none" }, expected: ["synced", "none"] },
    { sync: "Unknown", drift: { kind: "unknown" }, expected: ["unknown", "unknown"] },
    { sync: "SomethingNew", drift: { kind: "soon" }, expected: ["unknown", "unknown"] },
    { sync: "Synced", drift: { kind: "drifted", since: "soon" }, expected: ["synced", "unknown"] },
  ])(
    "shows $sync and $drift as $expected: a value that it does not know is not good news",
    ({ sync, drift, expected }) => {
      const { rows } = rowsOfTable(tableOf({ sync, drift }));

      expect(rows.map((row) => [row.sync, row.drift.kind])).toEqual([expected]);
    },
  );

  test("is counted if it has no summary", () => {
    const { rows, notUnderstood } = rowsOfTable({ rows: [{ cells: [], object: { metadata: REFUNDS } }] });

    expect([rows, notUnderstood]).toEqual([[], 1]);
  });

  test("is counted if its name cannot be understood", () => {
    const { rows, notUnderstood } = rowsOfTable(tableOf({}, { namespace: "payments", name: "<b>" }));

    expect(rows).toEqual([]);
    expect(notUnderstood).toBe(1);
  });
});

describe("the name of an object", () => {
  test.each([
    ["refunds.111122223333.eu-west-1", "function/111122223333/eu-west-1/payments/refunds"],
    ["ledger.111122223333", "policy/111122223333/payments/ledger"],
    ["refunds", undefined],
    ["", undefined],
    ["refunds.123.eu-west-1", undefined],
  ])("%s is of the key %s", (name, key) => {
    expect(keyOfObject("payments", name)).toBe(key);
  });

  test("of an approval is the hex part of its digest or revision", () => {
    expect(holdNameOf("sha256:ab12")).toBe("ab12");
    expect(holdNameOf("main@sha1:9c1d04e")).toBe("9c1d04e");
  });
});
