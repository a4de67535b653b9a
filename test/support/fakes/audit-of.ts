import type { AuditEntry } from "../../../src/audit/entry.ts";
import { MemoryAudit } from "./fake-ports.ts";

/** A record of these entries. */
export function auditOf(entries: readonly AuditEntry[]): MemoryAudit {
  const audit = new MemoryAudit({ nowMs: () => 0 });
  audit.log.push(...entries);
  return audit;
}
