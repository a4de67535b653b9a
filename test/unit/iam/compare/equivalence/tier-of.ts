import { expect } from "@jest/globals";
import type { DocumentContext } from "../../../../../src/iam/document.ts";
import { compareDocuments } from "../../../../../src/iam/compare/comparer.ts";
import type { Dialect } from "../../../../../src/model/aws/policy-document.ts";

export type Fields = Readonly<Record<string, unknown>>;

export const READ = { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::b/k" };

export function tierOf(a: string, b: string, dialect: Dialect = "identity"): string {
  const context: DocumentContext = { dialect, partition: "aws", accountId: "111122223333" };
  const tier = compareDocuments(a, b, context);
  expect(compareDocuments(b, a, context)).toBe(tier);
  return tier;
}

export const document = (statements: readonly Fields[], more: Fields = {}): string =>
  JSON.stringify({ Version: "2012-10-17", ...more, Statement: statements });
