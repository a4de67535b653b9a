import type { SuspensionScope } from "../model/approval.ts";
import type { ReconcileFact } from "../model/reads/reconcile-fact.ts";
import { keyParts, type Key } from "../model/keys/key.ts";
import { scopeOfEntry } from "../model/keys/suspended-scope.ts";
import { covers } from "../model/keys/suspension-scope.ts";
import type { AuditEntry } from "./entry.ts";

/** What an entry is about. */
type Concern =
  | { readonly kind: "keys"; readonly keys: readonly Key[] }
  /** A suspension, or a request whose keys are not named: every key that one of these covers. */
  | { readonly kind: "scopes"; readonly scopes: readonly SuspensionScope[] }
  /** A decision of 0.1, which names only the approved digest: the keys that were held under it. */
  | { readonly kind: "subject"; readonly subject: string };

/** By its own key, by the keys of its wave or of a decision, by a suspension or a request; null: it is about no key. */
export function concernOf(entry: AuditEntry): Concern | null {
  if ("key" in entry) return { kind: "keys", keys: [entry.key] };
  if (entry.kind === "adoption-undo-ordered")
    return { kind: "keys", keys: entry.covers.map(({ key }) => key) };
  if (entry.kind === "reconcile-requested") return concernOfRequest(entry);
  if (entry.kind === "wave-changed") return { kind: "keys", keys: entry.keys };
  if (entry.kind === "approved" || entry.kind === "rejected") {
    const covered: typeof entry.covers | undefined = entry.covers;
    return covered === undefined
      ? { kind: "subject", subject: entry.subject }
      : { kind: "keys", keys: covered.map(({ key }) => key) };
  }
  if (entry.kind !== "suspended" && entry.kind !== "resumed") return null;
  const scope = scopeOfEntry(entry);
  return scope === undefined ? null : { kind: "scopes", scopes: [scope] };
}

function concernOfRequest({ keys, namespaces }: ReconcileFact): Concern {
  if (keys !== null) return { kind: "keys", keys };
  const scopes = (namespaces ?? [null]).map((namespace) => ({ accountId: null, namespace, key: null }));
  return { kind: "scopes", scopes };
}

/** Whether the entry is about the key. @param subjects the digests under which the key was held */
export function concerns(entry: AuditEntry, key: Key, subjects: ReadonlySet<string>): boolean {
  const concern = concernOf(entry);
  if (concern === null) return false;
  if (concern.kind === "subject") return subjects.has(concern.subject);
  if (concern.kind === "keys") return concern.keys.includes(key);
  return concern.scopes.some((scope) => covers(scope, key));
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
  if (entry.kind === "wave-changed") return entry.namespace === namespace;
  const isIn = (key: Key): boolean => keyParts(key).namespace === namespace;
  const concern = concernOf(entry);
  if (concern === null) return false;
  if (concern.kind === "subject") return subjects.has(concern.subject);
  if (concern.kind === "keys") return concern.keys.some(isIn);
  return concern.scopes.some((scope) =>
    scope.key === null ? (scope.namespace ?? namespace) === namespace : isIn(scope.key),
  );
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
