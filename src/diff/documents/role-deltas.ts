import { documentName } from "../../iam/row-text.ts";
import { permissionDelta, type RolePermissions } from "../../iam/compare/delta.ts";
import type { Comparer } from "../../iam/compare/comparer.ts";
import { turnedDelta, type Delta } from "../../model/delta.ts";
import type { DesiredBinding } from "../../model/desired.ts";
import type { LiveAccount } from "../../model/live.ts";
import type { CompiledTexts } from "./compiled-texts.ts";
import { declaredOrigin, originInDeclared } from "./declared-origin.ts";
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
  readonly declared: DeclaredRole;
  readonly delta: Delta;
}

/**
 * What changes of one role's documents do. It keeps the last change, because the comparison asks for a deviation from the
 * declared documents and the plan then asks for the same change in the other direction: a tenth of comparing and planning
 * 1,500 functions that changed. Lifetime: one comparison and one plan of one key.
 */
export class RoleDeltas {
  readonly #comparer: Comparer;
  readonly #texts: CompiledTexts;
  #last: KnownDelta | null = null;

  constructor(comparer: Comparer, texts: CompiledTexts) {
    this.#comparer = comparer;
    this.#texts = texts;
  }

  deltaOf(change: RoleChange, declared: DeclaredRole, live: LiveAccount): Delta {
    const { binding, applied } = declared;
    const context = documentContext(binding, "identity");
    const origin = declaredOrigin(binding.role.inline, context, applied?.role.inline ?? null);
    const { inline } = binding.role;
    const own = { text: this.#texts.textOf(inline), origin: originInDeclared(inline) };
    const setting = { at: binding, live, origin, declared: own };
    const before = rolePermissions(change.before, setting);
    const after = rolePermissions(change.after, setting);
    const last = this.#last;
    if (last !== null && isReverse({ before, after, declared }, last)) return turnedDelta(last.delta);
    const delta = permissionDelta(before, after, this.#comparer);
    this.#last = { before, after, declared, delta };
    return delta;
  }
}

/** The manifests decide the context of the documents and where their statements are declared. */
function isReverse({ before, after, declared }: Omit<KnownDelta, "delta">, last: KnownDelta): boolean {
  return (
    declared.binding === last.declared.binding &&
    declared.applied === last.declared.applied &&
    hasSameTexts(before, last.after) &&
    hasSameTexts(after, last.before)
  );
}

function hasSameTexts(a: RolePermissions, b: RolePermissions): boolean {
  return (
    a.documents.length === b.documents.length &&
    a.documents.every(({ from, text }, at) => {
      const other = b.documents[at];
      return other !== undefined && documentName(from) === documentName(other.from) && text === other.text;
    }) &&
    a.boundary?.text === b.boundary?.text
  );
}
