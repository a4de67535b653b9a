import type { AuditFact } from "../audit/entry.ts";
import type { Key } from "../model/keys/key.ts";
import type { Namespace } from "../model/aws/ids.ts";
import type { AlertEvent } from "../model/alert-event.ts";
import type { RecordChange } from "../model/records/record-change.ts";

/** The results of one pass (or command) to record, decided by `settle`. */
export interface Settlement {
  readonly facts: readonly AuditFact[];
  readonly change: RecordChange;
  readonly alerts: readonly AlertEvent[];
  /** Of the account of its facts, for metrics; absent: it has no fact of an account. */
  readonly accountName?: string;
  /** By namespace: the names of the routes that its Team adds for its alerts; missing: none. */
  readonly teamRoutes?: ReadonlyMap<Namespace, readonly string[]>;
  /**
   * The keys of its alerts whose function, role or account their Team does not allow: what was read of them is sent to
   * routes for all namespaces only. Missing: none.
   */
  readonly hiddenKeys?: ReadonlySet<Key>;
}
