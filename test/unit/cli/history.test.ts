import { describe, expect, test } from "@jest/globals";
import type { AuditEvent } from "../../../src/api/events.ts";
import type { Json } from "../../../src/model/json.ts";
import { historyLines } from "../../../src/cli/render/history.ts";
import { historyRows } from "../../../src/cli/render/history-rows.ts";

const NOW = Date.parse("2026-09-30T12:00:00.000Z");
const CONTEXT = { accounts: new Map([["222222222222", "prod"]]), nowMs: NOW };
const KEY = "function/222222222222/eu-west-1/orders/orders-api";
const TARGET = "orders/orders-api@prod/eu-west-1";
const SUBJECT = `sha256:${"7f3a91c2".padEnd(64, "0")}`;

function event(seq: number, kind: string, fields: Readonly<Record<string, Json>> = {}): AuditEvent {
  return { seq, at: "2026-09-30T11:51:00.000Z", kind, ...fields };
}

const write = event(7, "write-intended", {
  key: KEY,
  call: "iam:PutRolePolicy",
  target: "arn:aws:iam::222222222222:role/grantkeeper/orders-api-eu-west-1",
  revision: `main@sha1:${"9c1d04e".padEnd(40, "0")}`,
});

describe("the history", () => {
  test.each([
    {
      because: "a revert is Grantkeeper's, and names what was in AWS",
      events: [
        event(9, "drift-ended", { key: KEY, how: "reverted", changes: ['- policy "AdministratorAccess"'] }),
      ],
      row: {
        kind: "reverted",
        by: "Grantkeeper",
        message: `${TARGET} in AWS: - policy "AdministratorAccess"`,
      },
    },
    {
      because: "a revert of 0.1 names the fields that the record has",
      events: [event(9, "drift-ended", { key: KEY, how: "reverted", fields: ["inline"] })],
      row: { kind: "reverted", by: "Grantkeeper", message: `${TARGET} in AWS: inline` },
    },
    {
      because: "a write and its result are one line",
      events: [event(8, "write-finished", { key: KEY, intent: 7, outcome: "applied", error: null }), write],
      row: {
        kind: "applied",
        by: "Grantkeeper",
        message: `${TARGET}: iam:PutRolePolicy role/grantkeeper/orders-api-eu-west-1, 9c1d04e`,
      },
    },
    {
      because: "a write that failed shows what AWS answered",
      events: [
        event(8, "write-finished", { key: KEY, intent: 7, outcome: "failed", error: "AccessDenied" }),
        write,
      ],
      row: {
        kind: "failed",
        by: "Grantkeeper",
        message: `${TARGET}: iam:PutRolePolicy role/grantkeeper/orders-api-eu-west-1, 9c1d04e: AccessDenied`,
      },
    },
    {
      because: "a write without a result is not shown as applied",
      events: [write],
      row: {
        kind: "no result",
        by: "Grantkeeper",
        message: `${TARGET}: iam:PutRolePolicy role/grantkeeper/orders-api-eu-west-1, 9c1d04e`,
      },
    },
    {
      because: "drift has no known author",
      events: [event(9, "drift-found", { key: KEY, fields: ["inline"], severity: "security" })],
      row: { kind: "drift", by: "-", message: `${TARGET} in AWS: inline (security)` },
    },
    {
      because: "an approval names functions and permissions",
      events: [
        event(9, "approved", {
          subject: SUBJECT,
          actor: "dana",
          reason: "CHG-88",
          covers: [{ key: KEY, permissions: ["+ dynamodb read table/customers"], calls: [] }],
        }),
      ],
      row: {
        kind: "approved",
        by: "dana",
        message: `7f3a91c2: "CHG-88" (${TARGET} + dynamodb read table/customers)`,
      },
    },
    {
      because: "an approval of 0.1 has its digest only",
      events: [event(9, "approved", { subject: SUBJECT, actor: "dana", reason: "CHG-88" })],
      row: { kind: "approved", by: "dana", message: '7f3a91c2: "CHG-88"' },
    },
    {
      because: "a suspension names its scope and its end",
      events: [
        event(9, "suspended", {
          scope: "namespace orders in account 222222222222",
          actor: "dana",
          reason: "INC-4410",
          until: "2026-09-30T12:44:00.000Z",
        }),
      ],
      row: {
        kind: "suspended",
        by: "dana",
        message: 'orders/@prod until 12:44Z: "INC-4410"',
      },
    },
    {
      because: "an author is what a commit claims",
      events: [
        event(9, "revision-accepted", {
          revision: `main@sha1:${"a".repeat(40)}`,
          previous: null,
          commits: [{ author: "Dana Ruiz <dana@example.com>" }],
        }),
      ],
      row: { kind: "accepted", by: "Dana Ruiz (unverified)", message: "aaaaaaa after -" },
    },
    {
      because: "a kind of a newer version shows its name",
      events: [event(9, "teleported")],
      row: { kind: "teleported", by: "-", message: "" },
    },
  ])("$because", ({ events, row }) => {
    expect(historyRows(events, CONTEXT)).toEqual([expect.objectContaining(row)]);
  });

  test("fits 80 columns; a long message continues below its own column", () => {
    const rows = historyRows(
      [
        event(18446, "drift-ended", {
          key: KEY,
          how: "reverted",
          changes: ['- policy "AdministratorAccess"', '- statement "test1"'],
        }),
      ],
      CONTEXT,
    );

    const lines = historyLines(rows, NOW, { width: 80, rowWidth: 80, isWide: false });

    expect(lines).toEqual([
      "ENTRY  AGE  KIND      BY           MESSAGE",
      "18446  9m   reverted  Grantkeeper  orders/orders-api@prod/eu-west-1 in AWS: -",
      '                                   policy "AdministratorAccess", - statement',
      '                                   "test1"',
    ]);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  test("an empty one says so", () => {
    expect(historyLines([], NOW, { width: 80, rowWidth: 80, isWide: false })).toEqual(["No entries found"]);
  });
});
