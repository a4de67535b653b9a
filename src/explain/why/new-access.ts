import { compiledText } from "../../diff/documents/compiled-texts.ts";
import { documentContext } from "../../diff/documents/document-context.ts";
import { onlyDocument, permissionDelta, type RolePermissions } from "../../iam/compare/delta.ts";
import { risksOf } from "../../iam/risk/row-risk.ts";
import type { ProposedLines } from "../../model/answers/why.ts";
import { OWN_INLINE } from "../../model/delta.ts";
import type { DesiredBinding } from "../../model/desired.ts";

/** What changed lines of a manifest newly allow one of its functions. */
export function newAccess(before: DesiredBinding, after: DesiredBinding): ProposedLines["access"] {
  const { allowed } = permissionDelta(permissionsOf(before), permissionsOf(after));
  return { permissions: allowed.length, risks: risksOf(allowed) };
}

function permissionsOf(binding: DesiredBinding): RolePermissions {
  const text = compiledText(binding.role.inline);
  return onlyDocument({ from: OWN_INLINE, text }, documentContext(binding, "identity"));
}
