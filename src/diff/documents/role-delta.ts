import { permissionDelta, type RolePermissions } from "../../iam/compare/delta.ts";
import type { DocumentContext } from "../../iam/document.ts";
import type { AttachedDocument } from "../../iam/attached-document.ts";
import { turnedDelta, type Delta } from "../../model/delta.ts";
import type { DesiredBinding } from "../../model/desired.ts";
import { declaredOrigin } from "./declared-origin.ts";
import { documentContext, type DiffContext } from "../drift/context.ts";
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

interface Known {
  readonly before: RolePermissions;
  readonly after: RolePermissions;
  readonly delta: Delta;
}

let last: Known | undefined;

/**
 * What a change of a role's documents does. Remembers the last one: the action that takes back the one thing that was
 * added to a role is that thing the other way round, and comes right after it. A tenth of diffing and planning.
 */
export function roleDelta(
  change: RoleChange,
  { binding, applied }: DeclaredRole,
  { live, comparer }: Pick<DiffContext, "live" | "comparer">,
): Delta {
  const context = documentContext(binding, "identity");
  const origin = declaredOrigin(binding.role.inline, context, applied?.role.inline ?? null);
  const before = rolePermissions(change.before, binding, live, origin);
  const after = rolePermissions(change.after, binding, live, origin);
  if (last !== undefined && isSame(before, last.after) && isSame(after, last.before))
    return turnedDelta(last.delta);
  const delta = permissionDelta(before, after, comparer);
  last = { before, after, delta };
  return delta;
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
