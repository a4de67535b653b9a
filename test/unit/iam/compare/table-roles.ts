import { permissionDelta, type RolePermissions } from "../../../../src/iam/compare/delta.ts";
import type { DocumentContext } from "../../../../src/iam/document.ts";
import { type PermissionRow } from "../../../../src/model/delta.ts";
import { recordedRow, readDocumentName } from "../../../../src/iam/row-text.ts";

export const IDENTITY: DocumentContext = { dialect: "identity", partition: "aws", accountId: "111122223333" };
export const TABLE = "arn:aws:dynamodb:eu-west-1:111122223333:table/orders";

export type Fields = Readonly<Record<string, unknown>>;

export const allow = (fields: Fields = {}): Fields => ({
  Effect: "Allow",
  Action: "dynamodb:GetItem",
  Resource: TABLE,
  ...fields,
});
export const deny = (fields: Fields = {}): Fields => ({ ...allow(fields), Effect: "Deny" });

export function document(...statements: readonly unknown[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

export function role(texts: readonly string[], boundary: string | null = null): RolePermissions {
  return {
    documents: texts.map((text, at) => ({ from: readDocumentName(`document ${at}`), text })),
    boundary: boundary === null ? null : { from: readDocumentName("boundary"), text: boundary },
    context: IDENTITY,
  };
}

function line(permission: PermissionRow): string {
  const { effect, principal, action, resource, condition, certainty } = recordedRow(permission);
  return [effect, principal, action, resource, condition, certainty]
    .filter((part) => part !== null && part !== "")
    .join(" ");
}

export function lines(
  before: RolePermissions,
  after: RolePermissions,
): { allowed: string[]; noLongerAllowed: string[] } {
  const delta = permissionDelta(before, after);
  return { allowed: delta.allowed.map(line), noLongerAllowed: delta.noLongerAllowed.map(line) };
}
