import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { checkPolicy, type NamedDocument } from "../../../src/iam/check/policy.ts";
import type { PolicyFinding } from "../../../src/iam/finding.ts";
import { readDocument } from "../../../src/iam/read/parse.ts";
import { readStrictly } from "../../../src/iam/check/grammar/read.ts";
import type { Dialect } from "../../../src/model/aws/policy-document.ts";
import { actionDataOf } from "../../support/policies/action-data.ts";
import { cpuMs } from "../../support/cpu-time.ts";
import { allows } from "../../support/policies/evaluator.ts";
import { FC_RUNS, LAW_TIMEOUT_MS } from "../../support/fc-runs.ts";
import {
  drawnDocument,
  REQUESTS,
  textOf,
  type DrawnStatement,
} from "../../support/policies/drawn-policies.ts";

const runs = { numRuns: FC_RUNS };
const DATA = actionDataOf({
  "s3:GetObject": { arns: ["arn:*:s3:::*/*"] },
  "s3:PutObject": { arns: ["arn:*:s3:::*/*"] },
  "s3:SetObject": { arns: ["arn:*:s3:::*/*"] },
  "sqs:SendMessage": { arns: ["arn:*:sqs:*:*:*"] },
});
const DIALECTS: readonly Dialect[] = ["identity", "boundary", "trust", "resource"];

interface Setting {
  readonly boundary?: string | null;
  readonly attached?: readonly string[];
}

function findings(
  text: string,
  dialect: Dialect = "identity",
  setting: Setting = {},
): readonly PolicyFinding[] {
  const context = { dialect, partition: "aws", accountId: "111122223333", isManaged: false };
  const reading = readStrictly(text, context);
  if (reading.kind === "unreadable") return [reading.finding];
  const { boundary = null, attached = [] } = setting;
  const checked = checkPolicy(reading.document, {
    context,
    data: DATA,
    boundary: boundary === null ? null : named(boundary, "boundary"),
    attached: attached.map((one) => named(one, "identity")),
  });
  return [...reading.findings, ...checked];
}

function named(text: string, dialect: Dialect): NamedDocument {
  const parsed = readDocument(text, { dialect, partition: "aws", accountId: "111122223333" });
  if (parsed.kind === "unreadable") throw new Error(parsed.reason);
  return { name: dialect, document: parsed.document };
}

/** Texts that are nearly documents: a document with pieces of it replaced, bytes of any kind, JSON of any shape. */
const names = [
  "Version",
  "Id",
  "Statement",
  "Effect",
  "Action",
  "NotAction",
  "Resource",
  "NotResource",
  "Principal",
  "Condition",
  "Sid",
  "StringEquals",
  "__proto__",
  "constructor",
];
const shaped = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 6, depthSize: "small" },
    fc.constantFrom<unknown>(
      "Allow",
      "*",
      "s3:GetObject",
      "arn:aws:s3:::b",
      "2012-10-17",
      null,
      true,
      1,
      "",
      "a:b:c",
      "\u2013",
      "${a",
    ),
    fc.array(tie("value"), { maxLength: 3 }),
    fc
      .array(fc.tuple(fc.constantFrom(...names), tie("value")), { maxLength: 5 })
      .map((all) => Object.fromEntries(all)),
  ),
})).value;
const mutated = fc
  .tuple(drawnDocument, fc.nat(), fc.nat({ max: 12 }), fc.string({ maxLength: 6 }))
  .map(([statements, at, length, piece]) => {
    const text = textOf(statements);
    const from = at % text.length;
    return text.slice(0, from) + piece + text.slice(from + length);
  });
const bytes = fc.uint8Array({ maxLength: 60 }).map((data) => Buffer.from(data).toString("utf8"));
const anyText = fc.oneof(
  mutated,
  shaped.map((value) => JSON.stringify(value)),
  bytes,
  fc.json(),
);

const nearText = fc.oneof(drawnDocument.map(textOf), { weight: 2, arbitrary: mutated });

describe("the check of arbitrary texts", () => {
  test(
    "reports findings without a throw, at places inside the text",
    () => {
      fc.assert(
        fc.property(anyText, fc.constantFrom(...DIALECTS), (text, dialect) => {
          const lines = text.split("\n");
          for (const { line, column, reason } of findings(text, dialect)) {
            expect(reason).not.toBe("");
            expect(column).toBeGreaterThanOrEqual(1);
            expect(column).toBeLessThanOrEqual((lines[line - 1]?.length ?? -1) + 1);
          }
        }),
        runs,
      );
    },
    LAW_TIMEOUT_MS,
  );

  test(
    "accepts only texts that the lenient reader understands",
    () => {
      fc.assert(
        fc.property(nearText, fc.constantFrom(...DIALECTS), (text, dialect) => {
          const context = { dialect, partition: "aws", accountId: "111122223333", isManaged: false };
          const reading = readStrictly(text, context);
          const isWrong = ({ rule, severity }: PolicyFinding): boolean =>
            severity === "error" || rule.startsWith("GRM");
          fc.pre(reading.kind === "read" && !reading.findings.some(isWrong));

          expect(readDocument(text, context)).toMatchObject({ kind: "parsed", document: { opaque: false } });
        }),
        runs,
      );
    },
    LAW_TIMEOUT_MS,
  );
});

/** The document without the parts that findings of these rules name. */
function withoutParts(statements: readonly DrawnStatement[], found: readonly PolicyFinding[]): string {
  const paths = new Set(found.filter(({ rule }) => /^(RED|DEN|BND)/.test(rule)).map(({ path }) => path));
  const members = (at: number, name: "Action" | "Resource", values: readonly string[] | undefined) =>
    values && { [name]: values.filter((_, nth) => !paths.has(`Statement[${at}].${name}[${nth}]`)) };
  const left = statements.flatMap((statement, at) =>
    paths.has(`Statement[${at}]`)
      ? []
      : [
          {
            ...statement,
            ...members(at, "Action", statement.Action),
            ...members(at, "Resource", statement.Resource),
          },
        ],
  );
  return textOf(left);
}

describe("parts without an effect and redundant parts", () => {
  const surroundings = fc.record({
    boundary: fc.option(drawnDocument.map(textOf), { nil: null }),
    attached: fc.array(drawnDocument.map(textOf), { maxLength: 1 }),
  });

  test(
    "can all be removed together without changing a decision",
    () => {
      fc.assert(
        fc.property(drawnDocument, surroundings, (statements, { boundary, attached }) => {
          const text = textOf(statements);
          const less = withoutParts(statements, findings(text, "identity", { boundary, attached }));

          const different = REQUESTS.filter(
            (request) =>
              allows({ documents: [text, ...attached], boundary }, request) !==
              allows({ documents: [less, ...attached], boundary }, request),
          );
          expect(different).toEqual([]);
        }),
        runs,
      );
    },
    LAW_TIMEOUT_MS,
  );

  test(
    "are found in any document that contains one of its statements twice",
    () => {
      fc.assert(
        fc.property(drawnDocument, fc.nat(), (statements, nth) => {
          const twin = statements[nth % statements.length];
          const reported = findings(textOf([...statements, twin]));

          expect(reported.map(({ path }) => path)).toContain(`Statement[${statements.length}]`);
        }),
        runs,
      );
    },
    LAW_TIMEOUT_MS,
  );
});

describe("large and hostile documents", () => {
  const statement = (nth: number): object => ({
    Effect: "Allow",
    Action: `s3:Get${nth}*`,
    Resource: `arn:aws:s3:::b${nth}/*`,
  });
  const wide = (name: string, value: (nth: number) => unknown, count: number): string =>
    JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ ...statement(0), [name]: Array.from({ length: count }, (_, nth) => value(nth)) }],
    });

  test.each([
    {
      of: "10,000 statements",
      text: JSON.stringify({ Statement: Array.from({ length: 10_000 }, (_, nth) => statement(nth)) }),
    },
    { of: "10,000 empty statements", text: `{"Statement":[${"{},".repeat(10_000)}{}]}` },
    {
      of: "10,000 actions that AWS does not have",
      text: wide("Action", (nth) => `s3:GetObjct${nth}`, 10_000),
    },
    { of: "10,000 patterns of actions", text: wide("Action", (nth) => `s3:*${nth}*a*a*a*b`, 10_000) },
    {
      of: "1,000 patterns of resources",
      text: wide("Resource", (nth) => `arn:aws:s3:::*a*a*a*a*a*${nth}*b`, 990),
    },
    {
      of: "10,000 members of one name",
      text: `{"Version":"2012-10-17"${',"Id":"a"'.repeat(10_000)},"Statement":[]}`,
    },
    {
      of: "2,000 condition keys",
      text: JSON.stringify({
        Version: "2012-10-17",
        Statement: {
          ...statement(0),
          Condition: {
            StringEquals: Object.fromEntries(
              Array.from({ length: 2_000 }, (_, nth) => [`aws:RequestTag/k${nth}`, "*"]),
            ),
          },
        },
      }),
    },
    {
      of: "one text of 131,072 characters",
      text: wide("Resource", () => `arn:aws:s3:::${"a*".repeat(65_000)}`, 1),
    },
    { of: "100,000 levels", text: "[".repeat(100_000) },
    { of: "64 levels of objects", text: `${'{"Statement":'.repeat(64)}1${"}".repeat(64)}` },
    {
      of: "one line with 100,000 faults",
      text: `{"Version":"2012-10-17","Statement":[${"1,".repeat(100_000)}1]}`,
    },
  ])("of $of are checked within seconds", ({ text }) => {
    const before = process.cpuUsage();

    expect(findings(text).length).toBeGreaterThan(0);
    expect(cpuMs(before)).toBeLessThan(8_000);
  });
});
