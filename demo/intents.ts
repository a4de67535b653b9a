import { join } from "node:path";
import { openSqliteAuditReader } from "../src/store/sqlite/audit/audit-reader.ts";
import { DATABASE_FILE } from "../src/store/sqlite/open.ts";

/** One write in the audit record. */
export interface Intent {
  readonly call: string;
  /** null: no answer came, or none yet. */
  readonly requestId: string | null;
  readonly outcome: string | null;
}

/** Every intent of the record by its number, read while the controller is running. */
export async function collectIntents(
  stateDir: string,
): Promise<{ readonly intents: ReadonlyMap<number, Intent>; readonly entryCount: number }> {
  const reader = openSqliteAuditReader(join(stateDir, DATABASE_FILE));
  const intents = new Map<number, Intent>();
  let entryCount = 0;
  try {
    for await (const entry of reader.entries({})) {
      entryCount += 1;
      if (entry.kind === "write-intended") {
        intents.set(entry.seq, { call: entry.call, requestId: null, outcome: null });
      }
      if (entry.kind !== "write-finished") continue;
      const intent = intents.get(entry.intent);
      if (intent !== undefined) {
        intents.set(entry.intent, { ...intent, requestId: entry.requestId, outcome: entry.outcome });
      }
    }
  } finally {
    reader.close();
  }
  return { intents, entryCount };
}
