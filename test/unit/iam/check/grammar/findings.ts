import type { PolicyFinding } from "../../../../../src/iam/finding.ts";
import { readStrictly } from "../../../../../src/iam/check/grammar/read.ts";
import type { WrittenContext } from "../../../../../src/iam/check/grammar/written.ts";

export const INLINE: WrittenContext = {
  dialect: "identity",
  partition: "aws",
  accountId: "111122223333",
  isManaged: false,
};
export const MANAGED: WrittenContext = { ...INLINE, isManaged: true };
export const TRUST: WrittenContext = { ...INLINE, dialect: "trust" };
export const RESOURCE: WrittenContext = { ...INLINE, dialect: "resource" };

export const ALLOW = '{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}';

export const document = (...statements: readonly string[]): string =>
  `{"Version":"2012-10-17","Statement":[${statements.join(",")}]}`;

export function findings(text: string, context: WrittenContext = INLINE): readonly PolicyFinding[] {
  const reading = readStrictly(text, context);
  return reading.kind === "unreadable" ? [reading.finding] : reading.findings;
}

export function findingTexts(text: string, context: WrittenContext = INLINE): readonly string[] {
  return findings(text, context).map(
    ({ rule, severity, line, column, path, reason, fix, aws }) =>
      `${rule} ${severity} ${line}:${column} ${path}: ${reason} (${fix})${aws === null ? "" : ` ${aws}`}`,
  );
}
