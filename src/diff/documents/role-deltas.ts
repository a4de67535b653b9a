import { documentName } from "../../iam/row-text.ts";
import {
  permissionDelta,
  type RolePermissions,
  onlyDocument,
  replacementDelta,
} from "../../iam/compare/delta.ts";
import type { Comparer } from "../../iam/compare/comparer.ts";
import { turnedDelta, type Delta, NO_DELTA } from "../../model/delta.ts";
import type { DesiredBinding, DesiredPolicy } from "../../model/desired.ts";
import type { LiveAccount, LivePolicy, LiveRole, Reading } from "../../model/live.ts";
import type { CompiledTexts } from "./compiled-texts.ts";
import { declaredOrigin, originInDeclared } from "./declared-origin.ts";
import { documentContext } from "./document-context.ts";
import { rolePermissions, type RoleDocuments } from "./permissions.ts";
import { compiledDocumentText } from "../../iam/read/print.ts";
import { trustText } from "../../iam/trust.ts";
import type { RoleDifference } from "../../model/keys/used-role.ts";

/** Two states of one role's documents. */
interface RoleChange {
  readonly before: RoleDocuments;
  readonly after: RoleDocuments;
}

/** What Git declares for the role, and what it declared when it was applied last. */
interface DeclaredRole {
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

/** The permissions of both sides; `used` are those of the live role. */
interface ComparedRoles {
  readonly used: RolePermissions;
  readonly declared: RolePermissions;
}

/**
 * From the role in AWS to the declared one: all policies together within their boundaries, and the trust. null: the same
 * permissions and trust, which is proved. What other policies grant to the role within its boundary is not compared.
 */
export function roleDifference(
  binding: DesiredBinding,
  role: LiveRole,
  { used, declared, comparer }: ComparedRoles & { readonly comparer: Comparer },
): RoleDifference | null {
  const permissions = replacementDelta(used, declared, comparer);
  const trust = trustDelta(binding, role, comparer);
  return isNone(permissions) && isNone(trust) ? null : { permissions, trust };
}

function trustDelta(binding: DesiredBinding, role: LiveRole, comparer: Comparer): Delta {
  const context = documentContext(binding, "trust");
  const declared = trustText(binding.role);
  const tier = comparer.compareDocuments(role.trust, declared, context);
  if (tier !== "security") return NO_DELTA;
  const trust = (text: string): RolePermissions => onlyDocument({ from: { kind: "trust" }, text }, context);
  return permissionDelta(trust(role.trust), trust(declared), comparer);
}

function isNone({ allowed, noLongerAllowed, unknownEffect }: Delta): boolean {
  return allowed.length === 0 && noLongerAllowed.length === 0 && unknownEffect.length === 0;
}

/** A declared policy as it will be in AWS. */
export function asLivePolicy(policy: DesiredPolicy): Reading<LivePolicy> {
  const { policyName: name, path, arn, description } = policy;
  const version = { id: "v1", text: compiledDocumentText(policy.document), createdAtMs: 0 };
  const value: LivePolicy = {
    name,
    path,
    arn,
    policyId: "",
    defaultVersionId: version.id,
    versions: [version],
    description,
    attachmentCount: null,
    boundaryUsageCount: null,
    tags: { kind: "present", value: [] },
  };
  return { kind: "present", value };
}
