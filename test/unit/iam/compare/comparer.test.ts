import { readDocumentName } from "../../../../src/iam/row-text.ts";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { Comparer } from "../../../../src/iam/compare/comparer.ts";
import { permissionDelta, permissionRows, type RolePermissions } from "../../../../src/iam/compare/delta.ts";
import { DocumentCache } from "../../../../src/iam/compare/document-cache.ts";
import type { DocumentContext } from "../../../../src/iam/document.ts";
import type { Dialect } from "../../../../src/model/aws/policy-document.ts";

const of = (dialect: Dialect): DocumentContext => ({ dialect, partition: "aws", accountId: "111122223333" });
const document = (...statements: readonly object[]): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: statements });

const READ = { Sid: "Read", Effect: "Allow", Action: "s3:GetObject", Resource: "*" };
const TRUST = { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" };

describe("a cache of documents", () => {
  test("parses a text once for each kind of document", () => {
    const { parse } = new DocumentCache();
    const text = document(TRUST);

    expect(parse(text, of("trust"))).toBe(parse(text, of("trust")));
    expect(parse(text, of("identity"))).not.toEqual(parse(text, of("trust")));
  });

  test("discards everything when it is full and gives the same answers", () => {
    const { parse } = new DocumentCache();
    const long = document({ ...READ, Resource: "x".repeat(130_000) });
    const first = parse(long, of("identity"));

    for (let at = 0; at < 130; at += 1) parse(long.replace("x", `${at}`), of("identity"));

    expect(parse(long, of("identity"))).toEqual(first);
    expect(parse(long, of("identity"))).not.toBe(first);
  });

  test("shares nothing with another cache", () => {
    const text = document(READ);

    const [one, other] = [new DocumentCache(), new DocumentCache()].map(({ parse }) =>
      parse(text, of("identity")),
    );

    expect(one).toEqual(other);
    expect(one).not.toBe(other);
  });
});

/** Few texts, places and origins, so that one question often repeats a part of another. */
const TEXTS = [
  document(READ),
  document({ ...READ, Sid: "Other" }),
  document({ ...READ, Action: ["s3:GetObject", "s3:Get*"] }),
  document({ ...READ, Effect: "Deny", Resource: "arn:aws:s3:::b/*" }),
  document({ ...READ, Effect: "Maybe" }),
  "no document",
];
const ORIGINS = [
  undefined,
  () => null,
  () => ({ file: "a.yaml", line: 1, column: 1, path: "" }),
  () => ({ file: "b.yaml", line: 2, column: 1, path: "" }),
] as const;

const attached = fc
  .record({
    from: fc.constantFrom("inline grantkeeper", "arn:aws:iam::111122223333:policy/p"),
    text: fc.constantFrom(...TEXTS),
    origin: fc.constantFrom(...ORIGINS),
  })
  .map(({ from, text, origin }) => ({
    from: readDocumentName(from),
    text,
    ...(origin !== undefined && { origin }),
  }));

const permissions: fc.Arbitrary<RolePermissions> = fc.record({
  documents: fc.array(attached, { maxLength: 2 }),
  boundary: fc.option(attached, { freq: 3 }),
  context: fc.constantFrom(of("identity"), of("trust")),
});

describe("a comparer that was used before", () => {
  test("gives the answers of a new one, regardless of the earlier questions and their order", () => {
    fc.assert(
      fc.property(fc.array(permissions, { minLength: 2, maxLength: 8 }), (states) => {
        const used = new Comparer();
        for (const [at, state] of states.entries()) {
          const before = states[at - 1] ?? state;

          expect(permissionDelta(before, state, used)).toEqual(permissionDelta(before, state));
          expect(permissionRows(state, used)).toEqual(permissionRows(state));
        }
      }),
    );
  });

  test("gives the same answers after it has discarded the rows of shared documents", () => {
    const used = new Comparer();
    const state = (bucket: number): RolePermissions => {
      const text = document({
        ...READ,
        Action: ["s3:GetObject", "s3:PutObject"],
        Resource: `arn:aws:s3:::b${bucket}`,
      });
      return {
        documents: [{ from: readDocumentName("attached"), text }],
        boundary: null,
        context: of("identity"),
      };
    };
    const first = permissionRows(state(0), used);

    for (let bucket = 1; bucket <= 10_001; bucket += 1) permissionRows(state(bucket), used);

    expect(permissionRows(state(0), used)).toEqual(first);
  });

  test("finds an unreadable text equal only to itself", () => {
    const used = new Comparer();

    const tiers = TEXTS.map((text) => used.compareDocuments(text, "no document", of("identity")));

    expect(tiers).toEqual(["security", "security", "security", "security", "security", "equal"]);
  });
});
