import { documentContext } from "../../diff/documents/document-context.ts";
import { compiledText } from "../../diff/documents/compiled-texts.ts";
import { permissionRows, onlyDocument } from "../../iam/compare/delta.ts";
import { type PermissionRow, OWN_INLINE } from "../../model/delta.ts";
import type { CompiledDocument, CompiledStatement } from "../../model/desired.ts";
import type { AccountId, Partition } from "../../model/aws/ids.ts";

/** A statement that Git declares, with the rows that it means. */
export interface CompiledRows {
  readonly statement: CompiledStatement;
  /** True if the last applied revision declares the statement, and the accepted revision does not. */
  readonly isFormer: boolean;
  readonly rows: ReadonlySet<string>;
}

/** The rows by their `rowName`. */
export type RowIndex = ReadonlyMap<string, CompiledRows>;

/**
 * The rows of declared documents, the first document first. A name such as `dynamodb read` is shown only for rows that
 * are here: a Sid alone proves nothing, since anyone who can write a policy can give a statement any Sid.
 */
export function indexRows(
  documents: readonly { readonly document: CompiledDocument; readonly isFormer: boolean }[],
  at: { readonly partition: Partition; readonly accountId: AccountId },
): RowIndex {
  const index = new Map<string, CompiledRows>();
  for (const { document, isFormer } of documents) {
    for (const statement of document.statements) {
      const rows = rowsOf(statement, at);
      const compiled = { statement, isFormer, rows: new Set(rows.map(rowName)) };
      for (const name of compiled.rows) if (!index.has(name)) index.set(name, compiled);
    }
  }
  return index;
}

export function rowsOf(
  statement: CompiledStatement,
  at: { readonly partition: Partition; readonly accountId: AccountId },
): readonly PermissionRow[] {
  const text = compiledText({ statements: [statement] }) ?? "";
  const document = { from: OWN_INLINE, text, origin: () => statement.origin };
  return permissionRows(onlyDocument(document, documentContext(at, "identity")));
}

/** Identifies a row: its permission and its Sid. */
export function rowName({ effect, action, resource, condition, sid }: PermissionRow): string {
  return JSON.stringify([effect, JSON.stringify(action).toLowerCase(), resource, condition, sid]);
}
