import type { AuditFact } from "../../../audit/entry.ts";
import type { SettlementStore } from "../../../controller/ports/store.ts";
import type { RecordChange } from "../../../model/records/record-change.ts";
import type { SqliteAuditLog } from "./audit-log.ts";
import type { SqliteStore } from "../store.ts";

/** Writes the audit and the record in one transaction, since both are in the same database. */
export class SqliteSettlements implements SettlementStore {
  readonly #audit: SqliteAuditLog;
  readonly #store: SqliteStore;

  constructor(audit: SqliteAuditLog, store: SqliteStore) {
    this.#audit = audit;
    this.#store = store;
  }

  async settle(facts: readonly AuditFact[], changeFor: (firstSeq: number) => RecordChange): Promise<void> {
    this.#audit.appendWith(facts, (put) =>
      this.#store.inTransaction(() => this.#store.write(changeFor(put()))),
    );
  }
}
