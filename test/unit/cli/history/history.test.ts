import { describe, expect, test } from "@jest/globals";
import { lineText } from "../../../../src/text/screen-line.ts";
import { historyLines } from "../../../../src/cli/history/history.ts";
import { historyRows } from "../../../../src/wording/history/history-rows.ts";
import { CONTEXT, KEY, SHOWN, TARGET, event, write } from "./events.ts";

const SUBJECT = `sha256:${"7f3a91c2".padEnd(64, "0")}`;

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
      because: "a released function is no longer compared, so that nothing is claimed of its drift",
      events: [event(9, "drift-ended", { key: KEY, how: "released", changes: ['- policy "hotfix"'] })],
      row: {
        kind: "drift ended",
        by: "Grantkeeper",
        message: `${TARGET}: released, no longer compared: - policy "hotfix"`,
      },
    },
    {
      because: "a difference that came from Git may never have been drift",
      events: [event(9, "drift-ended", { key: KEY, how: "applied", changes: ['~ policy "grantkeeper"'] })],
      row: {
        kind: "change applied",
        by: "Grantkeeper",
        message: `${TARGET}: now as declared: ~ policy "grantkeeper"`,
      },
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
        message: `${TARGET} differs from Git: + AdministratorAccess attached to its role (escalation, exposure)`,
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
      row: { kind: "drift", message: `${TARGET} differs from Git: - sqs:* all resources` },
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
      row: { kind: "drift", message: `${TARGET} differs from Git: + sqs:* all resources (escalation)` },
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
      row: { kind: "drift", message: `${TARGET} differs from Git: + sqs:* all resources` },
    },
    {
      because: "a Deny that is no longer there is removed, not granted",
      events: [event(9, "drift-found", { key: KEY, delta: { allowed: [DENY], noLongerAllowed: [] } })],
      row: { kind: "drift", message: `${TARGET} differs from Git: - Deny sqs:* all resources` },
    },
    {
      because: "a boundary that no longer limits a role is not a permission of it",
      events: [
        event(9, "drift-found", {
          key: KEY,
          delta: {
            allowed: [
              { ...ROW, from: "boundary", limit: { kind: "boundary", from: "boundary", sid: null } },
              { ...DENY, from: "boundary", limit: { kind: "denial", from: "boundary", sid: null } },
            ],
            noLongerAllowed: [],
          },
        }),
      ],
      row: {
        kind: "drift",
        message: `${TARGET} differs from Git: + sqs:* all resources (no longer limited by the boundary) - Deny sqs:* all resources (boundary)`,
      },
    },
    {
      because: "a Deny that is new is added, not revoked",
      events: [event(9, "drift-found", { key: KEY, delta: { allowed: [], noLongerAllowed: [DENY] } })],
      row: { kind: "drift", message: `${TARGET} differs from Git: + Deny sqs:* all resources` },
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
      because: "an approval counts the permissions that it does not list",
      events: [
        event(9, "approved", {
          subject: SUBJECT,
          actor: "dana",
          reason: "CHG-88",
          covers: [{ key: KEY, permissions: ["+ a", "+ b", "+ c", "- d"], calls: [] }],
        }),
      ],
      row: { kind: "approved", by: "dana", message: `7f3a91c2: "CHG-88" (${TARGET} + a + b and 2 more)` },
    },
    {
      because: "an approval recorded by 0.1 has only its digest",
      events: [
        event(9, "approved", { subject: SUBJECT, actor: "dana", groups: ["security"], reason: "CHG-88" }),
      ],
      row: { kind: "approved", by: "dana", message: '7f3a91c2 (group security): "CHG-88"' },
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
      because: "an accepted revision shows what its signatures prove",
      events: [
        event(9, "revision-accepted", {
          revision: `main@sha1:${"a".repeat(40)}`,
          previous: null,
          commits: [],
          signatures: "1 commit is signed by dana@example.com",
        }),
      ],
      row: {
        kind: "accepted",
        message: "aaaaaaa, the first revision, 1 commit is signed by dana@example.com",
      },
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

    const lines = historyLines(rows, SHOWN, { width: 80, rowWidth: 80, isWide: false }).map(lineText);

    expect(lines).toEqual([
      "ENTRY  AGE  KIND      BY           MESSAGE",
      "18446  9m   reverted  Grantkeeper  orders/orders-api@prod/eu-west-1 in AWS:",
      '                                   - policy "AdministratorAccess",',
      '                                   - statement "test1"',
    ]);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  test("puts messages below their rows where a long name leaves no space in the row", () => {
    const named = "orders/orders-api-of-the-second-generation-for-partners";
    const key = `function/222222222222/eu-west-1/${named}`;
    const rows = historyRows(
      [event(18446, "drift-ended", { key, how: "reverted", changes: ['- policy "hotfix"'] })],
      CONTEXT,
    );

    expect(historyLines(rows, SHOWN, { width: 80, rowWidth: 80, isWide: false })).toEqual([
      { text: "ENTRY  AGE  KIND      BY", tone: "head" },
      "18446  9m   reverted  Grantkeeper",
      `  ${named}@prod/eu-west-1 in AWS:`,
      '  - policy "hotfix"',
    ]);
  });

  test("states that it is empty", () => {
    expect(historyLines([], SHOWN, { width: 80, rowWidth: 80, isWide: false })).toEqual(["No entries found"]);
  });
});
