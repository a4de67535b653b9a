import type { AuditEntry } from "../../src/audit/entry.ts";
import type { AuditLog } from "../../src/controller/ports/audit-log.ts";
import { collect } from "../support/collect.ts";

export function all(
  audit: AuditLog,
  range: Parameters<AuditLog["entries"]>[0] = {},
): Promise<readonly AuditEntry[]> {
  return collect(audit.entries(range));
}
