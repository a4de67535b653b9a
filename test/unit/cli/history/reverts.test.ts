import { describe, expect, test } from "@jest/globals";
import { lineText } from "../../../../src/text/screen-line.ts";
import type { AuditEvent } from "../../../../src/api/events.ts";
import type { Json } from "../../../../src/model/values/json.ts";
import { historyLines } from "../../../../src/cli/history/history.ts";
import { historyRows } from "../../../../src/wording/history/history-rows.ts";
import { CONTEXT, KEY, SHOWN, TARGET, event, write } from "./events.ts";

describe("the history", () => {
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
          below: "open for at most 5m (last clean read 11:46:00Z, reverted 11:51:00Z)",
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

      expect(historyLines(rows, SHOWN, { width: 80, rowWidth: 80, isWide: false }).map(lineText)).toEqual([
        "ENTRY  AGE  KIND      BY           MESSAGE",
        "10     9m   reverted  Grantkeeper  orders/orders-api@prod/eu-west-1 in AWS:",
        '                                   - policy "AdministratorAccess"',
        "                                   open for at most 5m (last clean read",
        "                                   11:46:00Z, reverted 11:51:00Z)",
      ]);
    });
  });
});
