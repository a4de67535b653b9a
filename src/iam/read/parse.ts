import { decodeDocument, unreadableDocument } from "./decode.ts";
import type { DocumentContext, Member, NormalDocument, ParsedDocument } from "../document.ts";
import { readStatement } from "./statement.ts";
import { byText } from "../../text/order.ts";
import { isObject } from "../../text/json-values.ts";

const ELEMENTS: ReadonlySet<string> = new Set(["Version", "Id", "Statement"]);

/**
 * Reads a document as it is in AWS, into its normal form. Never throws: a statement that is not understood becomes an
 * opaque member, and a text that is not a document is `unreadable`.
 */
export function readDocument(text: string, context: DocumentContext): ParsedDocument {
  const decoded = decodeDocument(text);
  if (decoded.kind === "unreadable") return decoded;
  const { value } = decoded;
  if (!isObject(value)) return unreadableDocument("it is not a JSON object");
  const unknown = Object.keys(value).find((name) => !ELEMENTS.has(name));
  if (unknown !== undefined) return unreadableDocument(`unknown element "${unknown}"`);
  const { Version: version = "2008-10-17", Id: id = null, Statement: statements } = value;
  if (version !== "2008-10-17" && version !== "2012-10-17")
    return unreadableDocument("its Version is not known");
  if (id !== null && typeof id !== "string") return unreadableDocument("its Id is not a string");
  const list = Array.isArray(statements) ? statements : [statements];
  if (statements === undefined) return unreadableDocument("it has no Statement");
  const members = sortedMembers(list.map((statement) => readStatement(statement, context, version)));
  const document: NormalDocument = {
    version,
    id: id === "" ? null : id,
    members,
    opaque: members.some((member) => member.kind === "opaque"),
  };
  return { kind: "parsed", document };
}

/** By structure, then Sid; each once. */
function sortedMembers(members: readonly Member[]): readonly Member[] {
  if (members.length < 2) return members;
  const sorted = members.toSorted(
    (a, b) => byText(a.structure, b.structure) || byText(a.sid ?? "", b.sid ?? ""),
  );
  return sorted.filter((member, at) => {
    const before = sorted[at - 1];
    return before === undefined || before.structure !== member.structure || before.sid !== member.sid;
  });
}
