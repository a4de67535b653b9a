import { expect, test } from "@jest/globals";
import type { SourceObject } from "../../../src/api/overview.ts";
import { columnsOf } from "../../../src/http/kubernetes/columns/columns.ts";
import type { Revision } from "../../../src/model/values/revision.ts";

const [OLD, NEW] = ["a", "b"].map((digit) => `main@sha1:${digit.repeat(40)}` as Revision) as [
  Revision,
  Revision,
];
const UNTIL = "2026-12-01T12:00:00.000Z";
const ROLLED_BACK = {
  revision: OLD,
  from: NEW,
  waiting: NEW,
  by: "dana",
  reason: "INC-1",
  at: UNTIL,
  until: UNTIL,
};
const FAILURE = { message: "the server does not answer", fix: "look at it", refused: false };
const HELD = { revision: NEW, reason: "removes 4 functions", since: UNTIL, rejected: null };

/** A row of `kubectl get sources -o wide`. */
function rowOf(change: Partial<SourceObject["status"]>): string {
  const status = { accepted: NEW, failure: null, held: null, ...change };
  const item = { metadata: { name: "main" }, status } as unknown as SourceObject;
  return columnsOf("sources")
    .map((column) => column.cell(item, 0))
    .join(" ");
}

test.each<{ change: Partial<SourceObject["status"]>; row: string }>([
  { change: {}, row: "main main@bbbbbbb newest none none" },
  { change: { accepted: null }, row: "main unknown unknown none none" },
  { change: { failure: FAILURE }, row: `main main@bbbbbbb failing none ${FAILURE.message}` },
  { change: { held: HELD }, row: "main main@bbbbbbb held none removes 4 functions" },
  {
    change: { held: { ...HELD, rejected: { by: "dana", reason: "no" } } },
    row: "main main@bbbbbbb rejected none removes 4 functions",
  },
  {
    change: { accepted: OLD, rolledBack: ROLLED_BACK, failure: FAILURE },
    row: `main main@aaaaaaa rolled-back ${UNTIL} INC-1 (dana)`,
  },
  {
    change: { accepted: OLD, rolledBack: { ...ROLLED_BACK, ended: true } },
    row: `main main@aaaaaaa after-rollback ${UNTIL} INC-1 (dana)`,
  },
])("kubectl get sources shows: $row", ({ change, row }) => {
  expect(rowOf(change)).toBe(row);
});
