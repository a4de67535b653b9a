import { describe, expect, test } from "@jest/globals";
import { provedNarrower } from "../../../src/iam/compare/containment.ts";
import { permissionDelta } from "../../../src/iam/compare/delta.ts";
import { cpuMs } from "../../support/cpu-time.ts";
import { alone, IDENTITY, readAll, READERS } from "../../support/policies/document-readers.ts";

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
