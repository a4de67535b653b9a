import { readDocumentName, documentName } from "../../../../../src/iam/row-text.ts";
import { comparableRows } from "../../../../../src/iam/compare/delta.ts";
import type { ComparableRow } from "../../../../../src/iam/compare/rows/comparable-row.ts";
import { document, type Fields } from "../bucket-roles.ts";

export function rowsOf(
  statements: readonly Fields[],
  boundary: readonly Fields[] | null = null,
): readonly ComparableRow[] {
  return comparableRows({
    documents: [{ from: readDocumentName("document"), text: document(...statements) }],
    boundary: boundary === null ? null : { from: readDocumentName("boundary"), text: document(...boundary) },
    context: { dialect: "identity", partition: "aws", accountId: "111122223333" },
  });
}

export function rowOf(statement: Fields): ComparableRow {
  const row = rowsOf([statement]).find(({ permission }) => documentName(permission.from) === "document");
  if (row === undefined) throw new Error("the statement has no row");
  return row;
}
