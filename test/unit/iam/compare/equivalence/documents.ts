import type { DocumentContext } from "../../../../../src/iam/document.ts";
import type { Dialect } from "../../../../../src/model/aws/policy-document.ts";

export type Fields = Readonly<Record<string, unknown>>;

export function context(dialect: Dialect, partition = "aws"): DocumentContext {
  return { dialect, partition, accountId: "111122223333" };
}

export function document(...statements: readonly Fields[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

export const ALLOW = { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::b/*" };

export const when = (condition: unknown): string => document({ ...ALLOW, Condition: condition });
export const identity = (fields: Fields): string => document({ ...ALLOW, ...fields });
