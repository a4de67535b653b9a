import { describe, expect, test } from "@jest/globals";
import type { AuditEvent } from "../../../src/api/events.ts";
import type { Json } from "../../../src/model/values/json.ts";
import { historyLines } from "../../../src/cli/history/history.ts";
import { historyRows } from "../../../src/cli/history/history-rows.ts";

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

const ROW = {
  effect: "Allow",
  action: "sqs:*",
  resource: "*",
  principal: null,
  sid: null,
  from: "inline x",
  origin: null,
};
const DENY = { ...ROW, effect: "Deny" };

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
      because: "a revert recorded by 0.1 names the recorded fields",
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
      because: "drift has no known author, and shows what the difference exposes",
      events: [
        event(9, "drift-found", {
          key: KEY,
          fields: ["attachment-extra"],
          changes: ["+ AdministratorAccess attached to its role"],
          risks: ["escalation", "escalation", "exposure"],
          severity: "security",
        }),
      ],
      row: {
        kind: "drift",
        by: "-",
        message: `${TARGET} in AWS: + AdministratorAccess attached to its role (escalation, exposure)`,
      },
    },
    {
      because: "a missing permission exposes nothing",
      events: [
        event(9, "drift-found", {
          key: KEY,
          fields: ["inline"],
          delta: { allowed: [], noLongerAllowed: [ROW] },
          severity: "security",
        }),
      ],
      row: { kind: "drift", message: `${TARGET} in AWS: - sqs:* *` },
    },
    {
      because: "drift recorded by 0.1 shows what its permissions expose",
      events: [
        event(9, "drift-found", {
          key: KEY,
          fields: ["inline"],
          delta: { allowed: [{ ...ROW, risk: "escalation" }], noLongerAllowed: [] },
          severity: "security",
        }),
      ],
      row: { kind: "drift", message: `${TARGET} in AWS: + sqs:* * (escalation)` },
    },
    {
      because: "an entry from before origins were proved names the action: its Sid may be forged",
      events: [
        event(9, "drift-found", {
          key: KEY,
          delta: {
            allowed: [{ ...ROW, sid: "DynamodbRead0a1b2c3d", from: "inline grantkeeper", origin: {} }],
            noLongerAllowed: [],
          },
        }),
      ],
      row: { kind: "drift", message: `${TARGET} in AWS: + sqs:* *` },
    },
    {
      because: "a Deny that is no longer there is removed, not granted",
      events: [event(9, "drift-found", { key: KEY, delta: { allowed: [DENY], noLongerAllowed: [] } })],
      row: { kind: "drift", message: `${TARGET} in AWS: - Deny sqs:* *` },
    },
    {
      because: "a Deny that is new is added, not revoked",
      events: [event(9, "drift-found", { key: KEY, delta: { allowed: [], noLongerAllowed: [DENY] } })],
      row: { kind: "drift", message: `${TARGET} in AWS: + Deny sqs:* *` },
    },
    {
      because: "an attached or detached policy is named",
      events: [
        {
          ...write,
          call: "iam:DetachRolePolicy",
          input: { PolicyArn: "arn:aws:iam::aws:policy/AWSDenyAll" },
        },
      ],
      row: {
        message: `${TARGET}: - policy "AWSDenyAll", iam:DetachRolePolicy role/grantkeeper/orders-api-eu-west-1, 9c1d04e`,
      },
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
      because: "an approval recorded by 0.1 has only its digest",
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
      because: "the author is the one that the commit claims",
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

  describe("of a revert", () => {
    const ended = event(10, "drift-ended", {
      key: KEY,
      how: "reverted",
      changes: ['- policy "AdministratorAccess"'],
      risks: ["escalation"],
      since: "2026-09-30T11:50:00.000Z",
      lastCleanAt: "2026-09-30T11:46:00.000Z",
    });
    const reverting = (seq: number, change: Readonly<Record<string, Json>> = {}): AuditEvent => ({
      ...write,
      seq,
      call: "iam:DetachRolePolicy",
      input: { PolicyArn: "arn:aws:iam::aws:policy/AdministratorAccess" },
      cause: "out-of-band",
      ...change,
    });
    const result = (seq: number, intent: number, outcome = "applied"): AuditEvent =>
      event(seq, "write-finished", { key: KEY, intent, outcome, error: null });
    const shown = (events: readonly AuditEvent[]): readonly string[] =>
      historyRows(events, CONTEXT).map(({ entry, kind }) => `${entry} ${kind}`);

    test("is one line with its writes, and shows how long the drift lasted", () => {
      const events = [ended, result(9, 8), reverting(8)];

      const rows = historyRows(events, CONTEXT);

      expect(rows).toEqual([
        {
          entry: 10,
          last: 10,
          at: ended.at,
          kind: "reverted",
          by: "Grantkeeper",
          message: `${TARGET} in AWS: - policy "AdministratorAccess"`,
          below: "open for at most 5m (last clean read 11:46Z, reverted 11:51Z)",
          events,
        },
      ]);
    });

    test.each([
      { because: "a write for a revision keeps its line", cause: "revision", outcome: "applied" },
      {
        because: "a write recorded by 0.1, which has no cause, keeps its line",
        cause: null,
        outcome: "applied",
      },
      { because: "a write that failed reverted nothing", cause: "out-of-band", outcome: "failed" },
    ])("$because", ({ cause, outcome }) => {
      expect(shown([ended, result(9, 8, outcome), reverting(8, { cause })])).toEqual([
        "10 reverted",
        `8 ${outcome}`,
      ]);
    });

    test("has no write of another function, nor of an earlier revert", () => {
      const earlier = [event(4, "drift-ended", { key: KEY, how: "reverted" }), result(3, 2), reverting(2)];
      const other = "function/222222222222/eu-west-1/orders/orders-worker";

      expect(shown([ended, result(9, 8), reverting(8, { key: other }), ...earlier])).toEqual([
        "10 reverted",
        "8 applied",
        "4 reverted",
      ]);
    });

    test("that is not read back yet shows the purpose of the write, and names no revision", () => {
      const [row] = historyRows([result(9, 8), reverting(8)], CONTEXT);

      expect(row).toMatchObject({
        kind: "applied",
        message: `${TARGET}: - policy "AdministratorAccess", iam:DetachRolePolicy role/grantkeeper/orders-api-eu-west-1, reverts a change in AWS`,
      });
    });

    test("shows how long the drift lasted in a separate line", () => {
      const rows = historyRows([ended], CONTEXT);

      expect(historyLines(rows, NOW, { width: 80, rowWidth: 80, isWide: false })).toEqual([
        "ENTRY  AGE  KIND      BY           MESSAGE",
        "10     9m   reverted  Grantkeeper  orders/orders-api@prod/eu-west-1 in AWS:",
        '                                   - policy "AdministratorAccess"',
        "                                   open for at most 5m (last clean read 11:46Z,",
        "                                   reverted 11:51Z)",
      ]);
    });
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
      "18446  9m   reverted  Grantkeeper  orders/orders-api@prod/eu-west-1 in AWS:",
      '                                   - policy "AdministratorAccess",',
      '                                   - statement "test1"',
    ]);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  test("puts messages below their rows where a long name leaves no space in the row", () => {
    const key = "function/222222222222/eu-west-1/orders/orders-api-of-the-second-generation-for-partners";
    const rows = historyRows(
      [event(18446, "drift-ended", { key, how: "reverted", changes: ['- policy "hotfix"'] })],
      CONTEXT,
    );

    expect(historyLines(rows, NOW, { width: 80, rowWidth: 80, isWide: false })).toEqual([
      "ENTRY  AGE  KIND      BY",
      "18446  9m   reverted  Grantkeeper",
      "  orders/orders-api-of-the-second-generation-for-partners@prod/eu-west-1 in AWS:",
      '  - policy "hotfix"',
    ]);
  });

  test("states that it is empty", () => {
    expect(historyLines([], NOW, { width: 80, rowWidth: 80, isWide: false })).toEqual(["No entries found"]);
  });
});
