import { onlyDocument, type RolePermissions } from "../../iam/compare/delta.ts";
import { OWN_INLINE } from "../../model/delta.ts";
import type { DesiredBinding } from "../../model/desired.ts";
import { compiledText } from "./compiled-texts.ts";
import { documentContext } from "./document-context.ts";

/** What the declared inline document of the role allows and denies by itself. */
export function inlinePermissions(binding: DesiredBinding): RolePermissions {
  const text = compiledText(binding.role.inline);
  return onlyDocument({ from: OWN_INLINE, text }, documentContext(binding, "identity"));
}
