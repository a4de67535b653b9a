import { NO_DELTA } from "../../src/model/delta.ts";
import type { Key } from "../../src/model/keys/key.ts";
import { emptyKeyRecord } from "../../src/model/keys/key-record.ts";
import type { Settlement } from "../../src/settle/settlement.ts";
import { START_MS } from "./engines.ts";
import { REVISION } from "../support/record/audit-facts.ts";
import { ACCOUNT_RECORD } from "./stored-records.ts";

/** A point of a transaction: before it, after its facts and before its change, and after it. */
export type SettlementPoint = "before" | "during" | "after";

export const ACCOUNT_ID = "222222222222";
const KEYS = Array.from(
  { length: 120 },
  (_, at) => `function/${ACCOUNT_ID}/eu-west-1/orders/f${String(at).padStart(3, "0")}` as Key,
);

/** Drift of 120 keys: each has a fact, a record, and the alert of an incident. */
export function largeSettlement(): Settlement {
  return {
    facts: KEYS.map((key) => ({
      kind: "drift-found",
      key,
      revision: REVISION,
      fields: ["trust"],
      changes: [],
      risks: [],
      delta: NO_DELTA,
      severity: "other",
    })),
    change: {
      keys: KEYS.map(emptyKeyRecord),
      accounts: [{ ...ACCOUNT_RECORD, lastSweepMs: START_MS, previousSweepMs: START_MS - 60_000 }],
    },
    alerts: KEYS.map((key) => ({
      kind: "drift-opened",
      key,
      functionName: "f",
      account: "prod",
      severity: "other",
      since: new Date(START_MS).toISOString(),
      summary: [],
      delta: NO_DELTA,
      next: { kind: "reverting-now" },
      authors: [],
      lookUp: "",
      keep: null,
    })),
  };
}
