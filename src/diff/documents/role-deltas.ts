import { permissionDelta, type RolePermissions } from "../../iam/compare/delta.ts";
import type { DocumentContext } from "../../iam/document.ts";
import type { AttachedDocument, StatementOrigin } from "../../iam/attached-document.ts";
import type { Comparer } from "../../iam/compare/comparer.ts";
import { turnedDelta, type Delta } from "../../model/delta.ts";
import type { DesiredBinding } from "../../model/desired.ts";
import type { LiveAccount } from "../../model/live.ts";
import { declaredOrigin } from "./declared-origin.ts";
import { documentContext } from "./document-context.ts";
import { rolePermissions, type RoleDocuments } from "./permissions.ts";

/** Two states of one role's documents. */
export interface RoleChange {
  readonly before: RoleDocuments;
  readonly after: RoleDocuments;
}

/** What Git declares for the role, and what it declared when it was applied last. */
export interface DeclaredRole {
  readonly binding: DesiredBinding;
  readonly applied: DesiredBinding | null;
}

interface KnownDelta {
  readonly before: RolePermissions;
  readonly after: RolePermissions;
  readonly delta: Delta;
}

/**
 * What changes of one role's documents do. It remembers the last change, because the comparison asks for a deviation
 * from the declared documents and the plan then asks for the same change in the other direction: a sixth of comparing
 * and planning (npm run bench). Lifetime: one comparison and one plan of one key.
 */
export class RoleDeltas {
  readonly #comparer: Comparer;
  #last: KnownDelta | null = null;
  #origin: { readonly of: DeclaredRole; readonly find: StatementOrigin } | null = null;

  constructor(comparer: Comparer) {
    this.#comparer = comparer;
  }

  deltaOf(change: RoleChange, declared: DeclaredRole, live: LiveAccount): Delta {
    const { binding } = declared;
    const origin = this.#originOf(declared);
    const before = rolePermissions(change.before, binding, live, origin);
    const after = rolePermissions(change.after, binding, live, origin);
    const last = this.#last;
    if (last !== null && isSame(before, last.after) && isSame(after, last.before))
      return turnedDelta(last.delta);
    const delta = permissionDelta(before, after, this.#comparer);
    this.#last = { before, after, delta };
    return delta;
  }

  #originOf(declared: DeclaredRole): StatementOrigin {
    const { binding, applied } = declared;
    const known = this.#origin;
    if (known !== null && known.of.binding === binding && known.of.applied === applied) return known.find;
    const context = documentContext(binding, "identity");
    const find = declaredOrigin(binding.role.inline, context, applied?.role.inline ?? null);
    this.#origin = { of: declared, find };
    return find;
  }
}

/** In every part that a delta is made of. */
function isSame(a: RolePermissions, b: RolePermissions): boolean {
  return (
    a.documents.length === b.documents.length &&
    a.documents.every((document, at) => isSameDocument(document, b.documents[at] ?? null)) &&
    isSameDocument(a.boundary, b.boundary) &&
    isSameContext(a.context, b.context)
  );
}

function isSameDocument(a: AttachedDocument | null, b: AttachedDocument | null): boolean {
  if (a === null || b === null) return a === b;
  return a.from === b.from && a.text === b.text && a.origin === b.origin;
}

function isSameContext(a: DocumentContext, b: DocumentContext): boolean {
  return a.dialect === b.dialect && a.partition === b.partition && a.accountId === b.accountId;
}
