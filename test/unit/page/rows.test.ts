import { describe, expect, test } from "@jest/globals";
import { holdNameOf, keyOfObject } from "../../../src/page/view/object-names.ts";
import { rowsOfTable } from "../../../src/page/view/rows.ts";

const COLUMNS = [
  "Name",
  "Sync",
  "Drift",
  "Reason",
  "Age",
  "Target",
  "Mode",
  "Read",
  "Message",
  "Blocked",
].map((name) => ({
  name,
  type: "string" as const,
  format: "" as const,
  description: "",
  priority: 0 as const,
}));

function tableOf(cells: readonly string[], metadata: object = REFUNDS) {
  return { columnDefinitions: COLUMNS, rows: [{ cells, object: { metadata } }] };
}

const REFUNDS = { namespace: "payments", name: "refunds.111122223333.eu-west-1" };
const CELLS = [
  "refunds",
  "OutOfSync",
  "12m",
  "ObserveOnly",
  "3d",
  "payments/refunds@prod/eu-west-1",
  "observe",
  "38s",
  "x",
  "yes",
];

describe("a row of the list of functions", () => {
  test("has the key, the target and the states of a table's row", () => {
    const { rows, notUnderstood } = rowsOfTable(tableOf(CELLS), 5);

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
        drift: { kind: "drifted", forMs: 720_000 },
        reason: "ObserveOnly",
        wait: null,
        message: "x",
        mode: "observe",
        isBlocked: true,
        receivedMs: 5,
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
      reason: "WaitingForDependency,Suspended",
      message: "waits for orders/api",
      wait: "waits for orders/api",
    },
    { reason: "AwaitingApproval", message: "new access", wait: "waits for approval: new access" },
    { reason: "AccessDenied", message: "iam:GetRole", wait: null },
    { reason: "none", message: "matches Git", wait: null },
  ])("of $reason has words only for a wait", ({ reason, message, wait }) => {
    const cells = CELLS.with(3, reason).with(8, message);

    expect(rowsOfTable(tableOf(cells), 0).rows.map((row) => row.wait)).toEqual([wait]);
  });

  test.each([
    { sync: "Synced", drift: "none", expected: ["synced", "none"] },
    { sync: "unknown", drift: "unknown", expected: ["unknown", "unknown"] },
    { sync: "SomethingNew", drift: "soon", expected: ["unknown", "unknown"] },
  ])(
    "shows $sync and $drift as $expected: a word that it does not know is not good news",
    ({ sync, drift, expected }) => {
      const [name, , , ...rest] = CELLS;
      const { rows } = rowsOfTable(tableOf([name ?? "", sync, drift, ...rest]), 0);

      expect(rows.map((row) => [row.sync, row.drift.kind])).toEqual([expected]);
    },
  );

  test("is unknown if the table has no such column", () => {
    const [row] = rowsOfTable(
      { columnDefinitions: [], rows: [{ cells: CELLS, object: { metadata: REFUNDS } }] },
      0,
    ).rows;

    expect([row?.sync, row?.drift.kind, row?.reason]).toEqual(["unknown", "unknown", "unknown"]);
  });

  test("is counted if its name cannot be understood", () => {
    const { rows, notUnderstood } = rowsOfTable(tableOf(CELLS, { namespace: "payments", name: "<b>" }), 0);

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
