import type { Statement } from "../../model/aws/policy-document.ts";
import type { DocumentContext, NormalStatement, ParsedDocument } from "../document.ts";
import { documentText } from "./print.ts";
import { writtenStatement } from "./statement.ts";
import { byText } from "../../text/order.ts";

/** Composed documents are a role's own: they name no principals, so that neither partition nor account matters. */
const IDENTITY: DocumentContext = { dialect: "identity", partition: "aws", accountId: "" };

/** Reads documents as `readDocument` does; a `Comparer` remembers them. */
interface DocumentReader {
  parse(text: string, context: DocumentContext): ParsedDocument;
}

/**
 * The statements of both documents, once each, sorted by Sid, as written; a repeated Sid gets a number.
 * undefined when one of them is unreadable, holds what is not understood, or would change its meaning as a document
 * of 2012.
 */
export function unionDocument(a: string, b: string, reader: DocumentReader): string | undefined {
  const [first, second] = [readStatements(a, reader), readStatements(b, reader)];
  if (first === undefined || second === undefined) return undefined;
  const byStructure = new Map([...second, ...first].map((statement) => [statement.structure, statement]));
  return documentText(uniqueSids([...byStructure.values()]));
}

/** The statements of one effect, in the same way; there may be none. */
export function onlyEffect(
  text: string,
  effect: "Allow" | "Deny",
  reader: DocumentReader,
): string | undefined {
  const statements = readStatements(text, reader)?.filter((statement) => statement.effect === effect);
  return statements && documentText(uniqueSids(statements));
}

function readStatements(text: string, reader: DocumentReader): readonly NormalStatement[] | undefined {
  const parsed = reader.parse(text, IDENTITY);
  if (parsed.kind === "unreadable" || parsed.document.opaque) return undefined;
  const { version, members } = parsed.document;
  const statements = members.filter((member) => member.kind === "statement");
  const changes =
    version === "2008-10-17" && statements.some((statement) => statement.structure.includes("${"));
  return changes ? undefined : statements;
}

function uniqueSids(statements: readonly NormalStatement[]): readonly Statement[] {
  const usedSids = new Set(statements.map((statement) => statement.sid));
  const used = new Set<string>();
  const order = (a: NormalStatement, b: NormalStatement): number =>
    byText(a.sid ?? "", b.sid ?? "") || byText(a.structure, b.structure);
  return statements.toSorted(order).map((statement) => {
    const { sid } = statement;
    const source = writtenStatement(statement);
    if (sid === null) return source;
    const unique = used.has(sid) ? freeSid(sid, usedSids) : sid;
    used.add(unique);
    usedSids.add(unique);
    return { ...source, Sid: unique };
  });
}

function freeSid(sid: string, usedSids: ReadonlySet<string | null>): string {
  for (let number = 2; ; number += 1) {
    if (!usedSids.has(`${sid}${number}`)) return `${sid}${number}`;
  }
}
