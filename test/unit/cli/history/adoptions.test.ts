import { expect, test } from "@jest/globals";
import { historyRows } from "../../../../src/wording/history/history-rows.ts";
import { CONTEXT, event } from "./events.ts";

const SUBJECT = `sha256:${"7f3a91c2".padEnd(64, "0")}`;
const WAVE = { account: "prod", namespace: "orders", number: 1 };

test.each([
  {
    because: "Grantkeeper only notes that an approval covers a wave",
    event: event(9, "wave-changed", { ...WAVE, to: "approved", subject: SUBJECT }),
    row: {
      kind: "wave",
      by: "Grantkeeper",
      message: "wave 1 of orders in prod is covered by approval 7f3a91c2",
    },
  },
  {
    because: "a wave that stopped has its reason",
    event: event(9, "wave-changed", { ...WAVE, to: "stopped", reason: "a switch was refused" }),
    row: { kind: "wave", message: "wave 1 of orders in prod stopped: a switch was refused" },
  },
  {
    because: "Grantkeeper notes a denied call",
    event: event(9, "call-denied", { call: "kms:Decrypt", code: "AccessDenied" }),
    row: { kind: "call denied", by: "Grantkeeper", message: "AWS denied kms:Decrypt" },
  },
  {
    because: "the order of an undo is its operator's, and named in words",
    event: event(9, "adoption-undo-ordered", { actor: "dana", subject: SUBJECT, reason: "errors" }),
    row: { kind: "undo ordered", by: "dana", message: '7f3a91c2: "errors"' },
  },
])("$because", ({ event: entry, row }) => {
  expect(historyRows([entry], CONTEXT)).toMatchObject([row]);
});
