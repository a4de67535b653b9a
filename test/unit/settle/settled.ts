import type { Pass } from "../../../src/judge/pass.ts";
import { settleKey, type SettleFacts } from "../../../src/settle/key/settle-key.ts";
import { type KeyRecord } from "../../../src/model/keys/key-record.ts";
import { BINDING, passOf, seenOf, TIME } from "../../support/pass/passes.ts";
import type { KeyOutcome } from "../../../src/settle/outcome/outcome.ts";

export const HOUR_MS = 3_600_000;

export function settleOne(outcome: KeyOutcome, seen: Partial<SettleFacts> = {}, pass: Partial<Pass> = {}) {
  return settleKey(passOf([BINDING], pass), outcome, seenOf(seen), TIME);
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
