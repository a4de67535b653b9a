import { readDocumentName } from "../../../src/iam/row-text.ts";
import { describe, expect, jest, test } from "@jest/globals";
import fc from "fast-check";
import { provedNarrower } from "../../../src/iam/compare/containment.ts";
import { permissionDelta, type RolePermissions } from "../../../src/iam/compare/delta.ts";
import { compareDocuments } from "../../../src/iam/compare/comparer.ts";
import { readDocument } from "../../../src/iam/read/parse.ts";
import { normalText } from "../../../src/iam/read/print.ts";
import { cpuMs } from "../../support/cpu-time.ts";
import { FC_RUNS, LAW_TIMEOUT_MS } from "../../support/fc-runs.ts";
import { anyPlace } from "../../support/second-opinion/drawn-place.ts";
import { contextOf, productDecision } from "../../support/second-opinion/product.ts";
import { CALLERS } from "../../support/second-opinion/vocabulary.ts";
import type { Asker } from "../../support/second-opinion/world.ts";

jest.setTimeout(LAW_TIMEOUT_MS);

const IDENTITY = contextOf("identity");
const [caller] = CALLERS as readonly [Asker];

const alone = (text: string): RolePermissions => ({
  documents: [{ from: readDocumentName("document"), text }],
  boundary: null,
  context: IDENTITY,
});

/** Everything that reads a document, on a pair of them. */
const READERS = {
  "the parser": (text: string): unknown => readDocument(text, IDENTITY),
  "the normal form": (text: string): unknown => {
    const parsed = readDocument(text, IDENTITY);
    return parsed.kind === "parsed" && normalText(parsed.document);
  },
  "the comparison": (text: string, other: string): unknown => compareDocuments(text, other, IDENTITY),
  "the evaluator": (text: string): unknown => decided(text),
  "the delta": (text: string, other: string): unknown => permissionDelta(alone(text), alone(other)),
  "the containment": (text: string, other: string): unknown => provedNarrower(text, other, IDENTITY),
} as const;

function decided(text: string): unknown {
  const long = "a".repeat(1_000);
  return productDecision(
    {
      caller,
      action: `s3:${long}`,
      resource: `arn:aws:s3:::${long}`,
      resourceAccount: "111122223333",
      context: { k: [long] },
    },
    { identity: [text], boundary: text, session: [], resource: { kind: "resource", text } },
  );
}

function readAll(text: string, other: string): void {
  for (const read of Object.values(READERS)) read(text, other);
}

/** A document in AWS may be anything: bytes as text, JSON that is no policy, a policy with a replaced part. */
const hostile = fc.oneof(
  fc.uint8Array({ maxLength: 200 }).map((bytes) => new TextDecoder().decode(bytes)),
  fc.string({ unit: "binary" }),
  fc.json(),
  fc
    .tuple(
      anyPlace,
      fc.nat(),
      fc.nat({ max: 3 }),
      fc.oneof(fc.string({ maxLength: 3 }), fc.constantFrom("null", "{}", "[", "\\u0000", "%", "__proto__")),
    )
    .map(([{ document }, at, length, piece]) => {
      const text = JSON.stringify(document);
      return text.slice(0, at % text.length) + piece + text.slice((at % text.length) + length);
    }),
  fc
    .tuple(
      anyPlace,
      fc.constantFrom(
        "Statement",
        "Action",
        "Resource",
        "Effect",
        "Principal",
        "Condition",
        "Version",
        "constructor",
        "__proto__",
      ),
      fc.jsonValue(),
    )
    .map(([{ document }, name, value]) =>
      JSON.stringify(document).replace(
        new RegExp(`"${name}":("[^"]*"|\\[[^\\]]*\\])|\\{`),
        () => `{"${name}":${JSON.stringify(value)},"x":1`,
      ),
    ),
);

describe("any content of a document", () => {
  test("is read without a throw", () => {
    fc.assert(
      fc.property(hostile, hostile, (text, other) => {
        readAll(text, other);
        readAll(other, text);
      }),
      { numRuns: FC_RUNS },
    );
  });
});

const DEEP = 100_000;
const nested = (open: string, close: string): string => open.repeat(DEEP) + "1" + close.repeat(DEEP);
const document = (...statements: readonly object[]): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: statements.map((one) => ({ Effect: "Allow", Action: "s3:Get*", Resource: "*", ...one })),
  });
const withDeep = (statement: object, deep: string): string => document(statement).replace('"@"', deep);
/** Matches only after every way of dividing the text among its stars has been tried, by a matcher that tries. */
const explosive = (stars: number): string => `${"a*".repeat(stars)}b`;

const EXTREMES: readonly { readonly because: string; readonly texts: readonly [string, string] }[] = [
  { because: "100,000 lists", texts: [nested("[", "]"), nested("[", "]").replace("1", "2")] },
  { because: "100,000 objects", texts: [nested('{"a":', "}"), nested('{"b":', "}")] },
  { because: "100,000 lists that do not end", texts: ["[".repeat(DEEP), '{"a":'.repeat(DEEP)] },
  { because: "a statement in 100,000 lists", texts: [`{"Statement":${nested("[", "]")}}`, "{}"] },
  {
    because: "an action in 100,000 lists",
    texts: [withDeep({ Action: "@" }, nested("[", "]")), document({})],
  },
  {
    because: "a resource in 100,000 objects",
    texts: [withDeep({ Resource: "@" }, nested('{"a":', "}")), document({})],
  },
  {
    because: "a principal in 100,000 objects",
    texts: [withDeep({ Principal: "@" }, nested('{"AWS":', "}")), document({})],
  },
  {
    because: "a condition's value in 100,000 lists",
    texts: [
      withDeep({ Condition: { StringLike: { k: "@" } } }, nested("[", "]")),
      withDeep({ Condition: "@" }, nested('{"StringLike":', "}")),
    ],
  },
  {
    because: "131,072 characters in one action",
    texts: [
      document({ Action: `s3:${"x".repeat(131_000)}` }),
      document({ Action: `s3:${"x".repeat(130_999)}*` }),
    ],
  },
  {
    because: "stars in actions",
    texts: [
      document({ Action: [`s3:${explosive(5_000)}`, `s3:${explosive(5_001)}`] }),
      document({ Action: `s3:${explosive(4_999)}` }),
    ],
  },
  {
    because: "stars in resources",
    texts: [
      document({ Resource: [`arn:aws:s3:::${explosive(3_000)}`, `arn:aws:${explosive(2_000)}:x:y:z`] }),
      document({ NotResource: [`arn:aws:s3:::${explosive(2_999)}`, `arn:aws:s3:::${"?*".repeat(2_000)}`] }),
    ],
  },
  {
    because: "stars in values",
    texts: [
      document({
        Condition: {
          StringLike: { k: [explosive(3_000), explosive(3_001)] },
          ArnLike: { k: `arn:aws:s3:::${explosive(2_000)}` },
        },
      }),
      document({ Condition: { StringNotLike: { k: explosive(3_000) } } }),
    ],
  },
];

describe("extreme documents", () => {
  test.each(EXTREMES)(
    "lead to no throw, no overflow and no explosion: $because",
    ({ texts: [text, other] }) => {
      const before = process.cpuUsage();

      readAll(text, other);
      readAll(other, text);

      // A matcher or a walk that explodes would not come back at all; this takes a second on a slow machine.
      expect(cpuMs(before)).toBeLessThan(20_000);
    },
  );
});

const SHAPES: readonly { readonly because: string; readonly statement: (nth: number) => object }[] = [
  { because: "all are the same", statement: () => ({}) },
  { because: "the actions differ", statement: (nth) => ({ Action: `s3:Get${nth}` }) },
  { because: "the resources differ", statement: (nth) => ({ Resource: `arn:aws:s3:::b${nth}/*` }) },
  {
    because: "the conditions differ",
    statement: (nth) => ({ Condition: { StringEquals: { "aws:SourceVpc": `v${nth}` } } }),
  },
  {
    because: "Denies are in between",
    statement: (nth) => ({ Effect: nth % 2 === 0 ? "Allow" : "Deny", Action: `s3:Get${nth}` }),
  },
];

const LINEAR = ["the parser", "the normal form", "the comparison", "the evaluator"] as const;

describe("documents with 10,000 statements", () => {
  /** n log n of four times as much is a little more than four times; the square would be sixteen. */
  test.each(SHAPES)("are read in time that does not grow with the square: $because", ({ statement }) => {
    const times = (count: number): number => {
      const statements = Array.from({ length: count }, (_, nth) => statement(nth));
      const [text, other] = [document(...statements), document(...statements, { Action: "sqs:SendMessage" })];
      const before = process.cpuUsage();
      for (const name of LINEAR) READERS[name](text, other);
      return cpuMs(before);
    };
    const growth = (): number => {
      const few = times(2_500);
      return times(10_000) / Math.max(few, 20);
    };
    times(500);

    // Other programs on the machine make a ratio larger by chance; a square is sixteen each time.
    const isSquare = [1, 2, 3].every(() => growth() >= 12);

    expect(isSquare).toBe(false);
  });

  test.each(SHAPES)("have a delta and a containment in time: $because", ({ statement }) => {
    const statements = Array.from({ length: 10_000 }, (_, nth) => statement(nth));
    const [text, other] = [document(...statements), document(...statements, { Action: "sqs:SendMessage" })];

    expect(permissionDelta(alone(text), alone(other)).allowed.map(({ action }) => action)).toEqual([
      { kind: "one", name: "sqs:SendMessage" },
    ]);
    expect(provedNarrower(text, other, IDENTITY).kind).toBe("proved");
  });
});
