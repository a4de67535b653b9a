import type { Key } from "../model/key.ts";
import { covers, parseScope } from "../model/suspension-scope.ts";
import type { AuditEntry } from "./entry.ts";

/**
 * Whether the entry is about the key: its own, or a decision of an operator that covers it. Approvals of 0.1 name only the
 * digest that was approved: `subjects` are those under which the key was held.
 */
export function concerns(entry: AuditEntry, key: Key, subjects: ReadonlySet<string>): boolean {
  if ("key" in entry) return entry.key === key;
  if (entry.kind === "approved" || entry.kind === "rejected") {
    const covered: typeof entry.covers | undefined = entry.covers;
    return covered === undefined ? subjects.has(entry.subject) : covered.some((one) => one.key === key);
  }
  if (entry.kind !== "suspended" && entry.kind !== "resumed") return false;
  const scope = parseScope(entry.scope);
  return scope !== undefined && covers(scope, key);
}

/** The digests under which the key was held. */
export function heldSubjects(entries: readonly AuditEntry[], key: Key): ReadonlySet<string> {
  return new Set(
    entries.flatMap((entry) => (entry.kind === "plan-held" && entry.key === key ? [entry.subject] : [])),
  );
}
