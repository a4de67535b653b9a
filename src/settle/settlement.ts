import type { AuditFact } from "../audit/entry.ts";
import type { AlertEvent } from "../model/alert-event.ts";
import type { RecordChange } from "../model/records/record-change.ts";

/** The results of one pass (or command) to record, decided by `settle`. */
export interface Settlement {
  readonly facts: readonly AuditFact[];
  readonly change: RecordChange;
  readonly alerts: readonly AlertEvent[];
}
