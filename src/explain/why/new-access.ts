import { inlinePermissions } from "../../diff/documents/inline-permissions.ts";
import { permissionDelta } from "../../iam/compare/delta.ts";
import { risksOf } from "../../iam/risk/row-risk.ts";
import type { ProposedLines } from "../../model/answers/why.ts";
import type { DesiredBinding } from "../../model/desired.ts";

/** What changed lines of a manifest newly allow one of its functions. */
export function newAccess(before: DesiredBinding, after: DesiredBinding): ProposedLines["access"] {
  const { allowed } = permissionDelta(inlinePermissions(before), inlinePermissions(after));
  return { permissions: allowed.length, risks: risksOf(allowed) };
}
