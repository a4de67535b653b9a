import type { DocumentContext } from "../../iam/document.ts";
import { mayBeDenial } from "../../iam/read/opaque.ts";
import { readDocument } from "../../iam/read/parse.ts";

/** True for a document with a Deny, or with something that may be one. */
export function mayDeny(text: string, context: DocumentContext): boolean {
  const parsed = readDocument(text, context);
  if (parsed.kind === "unreadable") return true;
  return parsed.document.members.some((member) =>
    member.kind === "opaque" ? mayBeDenial(member) : member.effect === "Deny",
  );
}
