import { expect, test } from "@jest/globals";
import type { AuditEvent } from "../../../../src/api/events.ts";
import { differenceOrigin } from "../../../../src/wording/history/event-delta.ts";

test.each([
  { fields: ["inline"], origin: "differs from Git" },
  { fields: ["inline", "actions-grown"], origin: "differs from Git" },
  { fields: [], origin: "differs from Git" },
  { fields: undefined, origin: "differs from Git" },
  { fields: ["actions-grown"], origin: "in AWS" },
  { fields: ["upstream-changed", "actions-grown"], origin: "in AWS" },
])("a recorded difference of $fields is shown as made in AWS only if AWS makes each: $origin", (row) => {
  const event = { seq: 9, kind: "drift-found", fields: row.fields } as unknown as AuditEvent;

  expect(differenceOrigin(event)).toBe(row.origin);
});
