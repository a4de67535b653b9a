import { keyParts, type Key } from "../model/keys/key.ts";
import { covers, parseScope } from "../model/keys/suspension-scope.ts";
import type { AuditEntry } from "./entry.ts";

/**
 * Whether the entry is about the key: its own entry, a step of a wave that it is in, or a decision of an operator that covers it. Approvals of 0.1 name
 * only the approved digest: `subjects` are the digests under which the key was held.
 */
export function concerns(entry: AuditEntry, key: Key, subjects: ReadonlySet<string>): boolean {
  if ("key" in entry) return entry.key === key;
  if (entry.kind === "adoption-undo-ordered") return entry.covers.some((one) => one.key === key);
  if (entry.kind === "wave-changed") return entry.keys.includes(key);
  if (entry.kind === "approved" || entry.kind === "rejected") {
    const covered: typeof entry.covers | undefined = entry.covers;
    return covered === undefined ? subjects.has(entry.subject) : covered.some((one) => one.key === key);
  }
  if (entry.kind !== "suspended" && entry.kind !== "resumed") return false;
  const scope = parseScope(entry.scope);
  return scope !== undefined && covers(scope, key);
}

/**
 * The same for a namespace: the entries of its keys and waves, and decisions that cover any of its keys. A suspension of an account or
 * of everything covers every namespace.
 */
export function concernsNamespace(
  entry: AuditEntry,
  namespace: string,
  subjects: ReadonlySet<string>,
): boolean {
  const isIn = (key: Key): boolean => keyParts(key).namespace === namespace;
  if ("key" in entry) return isIn(entry.key);
  if (entry.kind === "adoption-undo-ordered") return entry.covers.some(({ key }) => isIn(key));
  if (entry.kind === "wave-changed") return entry.namespace === namespace;
  if (entry.kind === "approved" || entry.kind === "rejected") {
    const covered: typeof entry.covers | undefined = entry.covers;
    return covered === undefined ? subjects.has(entry.subject) : covered.some(({ key }) => isIn(key));
  }
  if (entry.kind !== "suspended" && entry.kind !== "resumed") return false;
  const scope = parseScope(entry.scope);
  if (scope === undefined) return false;
  return scope.key === null ? (scope.namespace ?? namespace) === namespace : isIn(scope.key);
}

/** The digests under which the key was held. */
export function heldSubjects(entries: readonly AuditEntry[], key: Key): ReadonlySet<string> {
  return subjectsOf(entries, (held) => held === key);
}

/** The digests under which a key of the namespace was held; null: of any namespace. */
export function heldSubjectsOf(
  entries: readonly AuditEntry[],
  namespace: string | null,
): ReadonlySet<string> {
  return subjectsOf(entries, (held) => namespace === null || keyParts(held).namespace === namespace);
}

function subjectsOf(entries: readonly AuditEntry[], isMeant: (key: Key) => boolean): ReadonlySet<string> {
  return new Set(
    entries.flatMap((entry) => (entry.kind === "plan-held" && isMeant(entry.key) ? [entry.subject] : [])),
  );
}
