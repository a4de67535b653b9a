import { OWN_INLINE } from "../../model/delta.ts";
import { newDenials, type RolePermissions } from "../../iam/compare/delta.ts";
import type { AttachedDocument } from "../../iam/attached-document.ts";
import { documentContext } from "../../diff/documents/document-context.ts";
import { appliedBinding } from "../../diff/drift/drift.ts";
import { desiredDocuments, managedText } from "../../diff/documents/permissions.ts";
import type { DesiredBinding } from "../../model/desired.ts";
import type { Drift } from "../../model/drift.ts";
import type { BindingScope } from "../inputs/scope.ts";

/**
 * True if the role's own inline document has a Deny that is neither in Git nor in any policy of the role: a restriction
 * added outside Git. The Denies that Grantkeeper itself writes there for the time of a change come from those.
 */
export function inlineRestricts(drift: Drift, scope: BindingScope): boolean {
  if (drift.live === null) return false;
  const context = documentContext(scope.binding, "identity");
  const permissions = (documents: readonly AttachedDocument[]): RolePermissions => ({
    documents,
    boundary: null,
    context,
  });
  const live = permissions([{ from: OWN_INLINE, text: drift.live }]);
  return newDenials(permissions(knownDocuments(scope)), live, scope.context.comparer).length > 0;
}

const KNOWN = { kind: "other", name: "known" } as const;

function knownDocuments({ binding, context, role }: BindingScope): readonly AttachedDocument[] {
  const wanted = context.desired.bindings.get(binding.key) ?? null;
  const states = [binding, wanted, appliedBinding(context)].filter((state) => state !== null);
  const texts = states.flatMap((state: DesiredBinding) => {
    const { inline, attachments } = desiredDocuments(state, context.texts);
    return [...inline.values(), ...attachments.map((arn) => managedText(arn, context.live))];
  });
  const attached = (role?.attachments ?? []).map((arn) => managedText(arn, context.live));
  return [...texts, ...attached].flatMap((text) => (text === undefined ? [] : [{ from: KNOWN, text }]));
}
