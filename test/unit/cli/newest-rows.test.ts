import { describe, expect, test } from "@jest/globals";
import type { AuditEvent } from "../../../src/api/events.ts";
import { NewestRows } from "../../../src/cli/history/newest-rows.ts";

const AT = "2026-09-30T11:51:00.000Z";
const KEY = "function/222222222222/eu-west-1/orders/orders-api";
const CONTEXT = { accounts: new Map<string, string>(), nowMs: Date.parse(AT) };

/** Pairs of a write and its result: entries 2n + 1 and 2n + 2. */
function* writes(count: number): Generator<AuditEvent> {
  for (let at = 0; at < count; at += 1) {
    const intent = 2 * at + 1;
    yield {
      seq: intent,
      at: AT,
      kind: "write-intended",
      key: KEY,
      call: "iam:PutRolePolicy",
      target: "role",
    };
    yield {
      seq: intent + 1,
      at: AT,
      kind: "write-finished",
      key: KEY,
      intent,
      outcome: "applied",
      error: null,
    };
  }
}

describe("the newest rows of a long record", () => {
  test("are found while no more is kept than a few entries a row", () => {
    const newest = new NewestRows(50);
    let most = 0;

    for (const event of writes(50_000)) {
      newest.add(event);
      most = Math.max(most, newest.kept);
    }

    expect(newest.rows(CONTEXT).map(({ entry }) => entry)).toEqual(
      Array.from({ length: 50 }, (_, at) => 99_999 - 2 * at),
    );
    expect(most).toBeLessThanOrEqual(400);
  });

  test("have the result of a write that came long after it", () => {
    const newest = new NewestRows(2);
    const late: AuditEvent = {
      seq: 1_001,
      at: AT,
      kind: "write-finished",
      key: KEY,
      intent: 1,
      outcome: "failed",
    };
    const [first, ...others] = [...writes(500)];

    for (const event of [first, ...others.slice(1), late].filter((one) => one !== undefined))
      newest.add(event);

    expect(newest.rows(CONTEXT).map(({ entry, kind }) => `${entry} ${kind}`)).toEqual([
      "999 applied",
      "997 applied",
    ]);
  });

  test("are all of a short record, also a result whose write is not in it", () => {
    const newest = new NewestRows(50);

    for (const event of [...writes(2)].slice(1)) newest.add(event);

    expect(newest.rows(CONTEXT).map(({ entry, kind }) => `${entry} ${kind}`)).toEqual([
      "3 applied",
      "2 applied",
    ]);
  });
});
