import { readDocumentName } from "../../../../src/iam/row-text.ts";
import { type RolePermissions } from "../../../../src/iam/compare/delta.ts";
import type { DocumentContext } from "../../../../src/iam/document.ts";
import type { Dialect } from "../../../../src/model/aws/policy-document.ts";

export type Fields = Readonly<Record<string, unknown>>;

export const BUCKET = "arn:aws:s3:::b/*";

export function contextOf(dialect: Dialect): DocumentContext {
  return { dialect, partition: "aws", accountId: "111122223333" };
}

export const allow = (fields: Fields = {}): Fields => ({
  Effect: "Allow",
  Action: "s3:GetObject",
  Resource: BUCKET,
  ...fields,
});
export const deny = (fields: Fields = {}): Fields => ({ ...allow(fields), Effect: "Deny" });

export function document(...statements: readonly unknown[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

export function role(
  texts: readonly string[],
  boundary: string | null = null,
  dialect: Dialect = "identity",
): RolePermissions {
  return {
    documents: texts.map((text, at) => ({ from: readDocumentName(`policy ${at}`), text })),
    boundary: boundary === null ? null : { from: readDocumentName("boundary"), text: boundary },
    context: contextOf(dialect),
  };
}
