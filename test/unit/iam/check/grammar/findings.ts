import type { PolicyFinding } from "../../../../../src/iam/finding.ts";
import { readStrictly } from "../../../../../src/iam/check/grammar/read.ts";
import type { GrammarContext } from "../../../../../src/iam/check/grammar/unchecked.ts";

export const INLINE: GrammarContext = {
  dialect: "identity",
  partition: "aws",
  accountId: "111122223333",
  isManaged: false,
};
export const MANAGED: GrammarContext = { ...INLINE, isManaged: true };
export const TRUST: GrammarContext = { ...INLINE, dialect: "trust" };
export const RESOURCE: GrammarContext = { ...INLINE, dialect: "resource" };

export const ALLOW = '{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}';

export const document = (...statements: readonly string[]): string =>
  `{"Version":"2012-10-17","Statement":[${statements.join(",")}]}`;

export function findings(text: string, context: GrammarContext = INLINE): readonly PolicyFinding[] {
  const reading = readStrictly(text, context);
  return reading.kind === "unreadable" ? [reading.finding] : reading.findings;
}

export function findingTexts(text: string, context: GrammarContext = INLINE): readonly string[] {
  return findings(text, context).map(
    ({ rule, severity, line, column, path, reason, fix, aws }) =>
      `${rule} ${severity} ${line}:${column} ${path}: ${reason} (${fix})${aws === null ? "" : ` ${aws}`}`,
  );
}
