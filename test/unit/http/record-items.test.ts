import { expect, test } from "@jest/globals";
import type { RecordVerification } from "../../../src/model/records/record-verification.ts";
import { ALL, calm, itemsOf } from "../../support/screens/action-required.ts";

const SINCE = "2026-11-27T11:00:00.000Z";
const REASON = "its content does not have the hash";
const TEAM = { ...ALL, namespaces: new Set(["orders"]) };

function withRecord(verification: RecordVerification) {
  const state = calm();
  return { ...state, overview: { ...state.overview, verification } };
}

test.each([
  { kind: "broken", entry: 1, message: "broken at entry 1" },
  { kind: "broken", entry: null, message: "broken at its first line" },
  { kind: "unproved", entry: 7, message: "not proved from entry 7" },
] as const)("a record that is $message is an item, also for a token of one namespace", async (row) => {
  const { message, ...facts } = row;
  const state = withRecord({ ...facts, provedUpTo: 0, reason: REASON, since: SINCE });
  const item = {
    kind: "record",
    target: "the record",
    message,
    details: [REASON],
    hint: "grantkeeper audit verify",
    security: false,
    since: SINCE,
  };

  expect(await itemsOf(state)).toEqual([item]);
  expect(await itemsOf(state, TEAM)).toEqual([item]);
});

test("a record that cannot be verified is an item: no one knows whether it is broken", async () => {
  const items = await itemsOf(withRecord({ kind: "unknown", reason: "the disk is gone", since: SINCE }));

  expect(items.map(({ message, details }) => ({ message, details }))).toEqual([
    { message: "it could not be verified", details: ["the disk is gone"] },
  ]);
});

test.each([{ kind: "not-verified" } as const, { kind: "intact", upTo: 3, at: SINCE } as const])(
  "a record that is $kind is no item",
  async (verification) => {
    expect(await itemsOf(withRecord(verification))).toEqual([]);
  },
);
