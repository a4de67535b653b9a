import type { Pass } from "../../../src/judge/subject.ts";
import { settleKey, type SettleFacts } from "../../../src/settle/key/settle-key.ts";
import { type KeyRecord } from "../../../src/model/keys/key-record.ts";
import { BINDING, passOf, seenOf } from "../../support/pass/passes.ts";
import { type KeyOutcome, outcomeView } from "../../../src/settle/outcome/outcome.ts";

export const HOUR_MS = 3_600_000;

export function settleOne(outcome: KeyOutcome, seen: Partial<SettleFacts> = {}, pass: Partial<Pass> = {}) {
  const { suspensions = [] } = pass;
  return settleKey(outcomeView(outcome, suspensions), seenOf({ pass: passOf([BINDING], pass), ...seen }));
}

export function recordAfter(
  outcome: KeyOutcome,
  seen: Partial<SettleFacts> = {},
  pass: Partial<Pass> = {},
): KeyRecord {
  const { record } = settleOne(outcome, seen, pass);
  if (record === null) throw new Error("the record is gone");
  return record;
}
