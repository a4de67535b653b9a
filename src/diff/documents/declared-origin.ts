import type { DocumentContext } from "../../iam/document.ts";
import { readStatement } from "../../iam/read/statement.ts";
import type { StatementOrigin } from "../../iam/attached-document.ts";
import type { CompiledDocument } from "../../model/desired.ts";
import type { Origin } from "../../model/values/origin.ts";
import type { Statement } from "../../model/aws/policy-document.ts";

/** Where one of the statements was written, for a statement with the same Sid and the same content. */
export function originIn(
  statements: readonly { readonly statement: Statement; readonly origin: Origin }[],
  context: DocumentContext,
): StatementOrigin {
  const isSame = (statement: Statement, sid: string | null, structure: string): boolean =>
    statement.Sid === sid && readStatement(statement, context).structure === structure;
  return (sid, structure) =>
    statements.find(({ statement }) => isSame(statement, sid, structure))?.origin ?? null;
}

/**
 * The same for the declared document's own text: each of its statements is declared, with a Sid of its own. Reading the declared statements again takes a twentieth of planning an empty account.
 */
export function originInDeclared(document: CompiledDocument): StatementOrigin {
  return (sid) => document.statements.find(({ statement }) => statement.Sid === sid)?.origin ?? null;
}

/** Where Git declares a statement of the document, or declared it when `former` was applied. */
export function declaredOrigin(
  document: CompiledDocument,
  context: DocumentContext,
  former: CompiledDocument | null,
): StatementOrigin {
  return originIn([...document.statements, ...(former?.statements ?? [])], context);
}
