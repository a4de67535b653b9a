import { expect, test } from "@jest/globals";
import type { Suspension, SuspensionScope } from "../../../../src/model/approval.ts";
import { stoppedBy } from "../../../../src/model/keys/undo-order.ts";
import { KEY } from "../../../support/pass/passes.ts";
import { ORDER } from "../../settle/adoption/undo-scene.ts";

const ALL: SuspensionScope = { accountId: null, namespace: null, key: null };
const OF_KEY: SuspensionScope = { ...ALL, key: KEY };

function suspension(id: string, scope: SuspensionScope, change: Partial<Suspension> = {}): Suspension {
  const [at, until] = ["2026-10-01T11:00:00.000Z", "2026-10-02T11:00:00.000Z"];
  return { id, scope, reason: "x", actor: "kim", at, until, ...change };
}

const UNDO = suspension("undo", OF_KEY, { undo: ORDER });

test.each([
  { others: [], by: undefined, because: "its own suspension carries it" },
  { others: [suspension("a", OF_KEY)], by: "a", because: "someone suspended the function" },
  {
    others: [suspension("a", ALL, { at: "2026-10-01T10:00:00.000Z" })],
    by: "a",
    because: "everything was suspended before the order",
  },
  { others: [suspension("a", ALL, { at: UNDO.at })], by: "a", because: "both began in the same millisecond" },
  {
    others: [suspension("a", { ...ALL, namespace: "billing" })],
    by: undefined,
    because: "another namespace is suspended",
  },
  {
    others: [suspension("earlier", OF_KEY, { undo: ORDER })],
    by: undefined,
    because: "an earlier undo is no objection to this one",
  },
])("an undo is stopped by $by: $because", ({ others, by }) => {
  expect(stoppedBy(KEY, [UNDO, ...others])?.id).toBe(by);
});
