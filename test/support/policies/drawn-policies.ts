import { isForObjectOfBucket } from "./impossible-requests.ts";
import fc from "fast-check";
import type { EvaluatedRequest } from "./evaluator.ts";

/** A statement in the shape in which it is drawn; everything from few values, so that two of them collide. */
export interface DrawnStatement {
  readonly Sid?: string;
  readonly Effect: "Allow" | "Deny";
  readonly Action?: readonly string[];
  readonly NotAction?: readonly string[];
  readonly Resource?: readonly string[];
  readonly NotResource?: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

const ACTIONS = ["s3:GetObject", "s3:Get*", "s3:PutObject", "s3:*", "sqs:SendMessage", "*", "s3:?etObject"];
const RESOURCES = [
  "*",
  "arn:aws:s3:::b",
  "arn:aws:s3:::b/*",
  "arn:aws:s3:::b/k",
  "arn:aws:s3:::b/?",
  "arn:aws:sqs:eu-west-1:111122223333:q",
  "arn:aws:sqs",
];
const TESTS: readonly (readonly [string, string, readonly string[]])[] = [
  ["StringEquals", "aws:SourceVpc", ["v1"]],
  ["StringEquals", "aws:SourceVpc", ["v1", "v2"]],
  ["StringEqualsIfExists", "aws:SourceVpc", ["v1"]],
  ["StringNotEquals", "aws:SourceVpc", ["v1"]],
  ["StringNotEquals", "aws:SourceVpc", ["v1", "v2"]],
  ["StringLike", "aws:SourceVpc", ["v*"]],
  ["StringLike", "aws:SourceVpc", ["v1", "v?"]],
  ["Bool", "aws:SecureTransport", ["true"]],
];

const some = (values: readonly string[]): fc.Arbitrary<readonly string[]> =>
  fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 3 });

function either(
  name: string,
  values: readonly string[],
): fc.Arbitrary<Readonly<Record<string, readonly string[]>>> {
  const named = (element: string) => some(values).map((list) => ({ [element]: list }));
  return fc.oneof({ weight: 5, arbitrary: named(name) }, { weight: 1, arbitrary: named(`Not${name}`) });
}

const condition = fc.array(fc.constantFrom(...TESTS), { maxLength: 2 }).map((tests) => {
  const block: Record<string, Record<string, readonly string[]>> = {};
  for (const [operator, key, values] of tests) block[operator] = { ...block[operator], [key]: values };
  return tests.length === 0 ? {} : { Condition: block };
});

export const drawnStatement: fc.Arbitrary<DrawnStatement> = fc
  .tuple(
    fc.constantFrom<"Allow" | "Deny">("Allow", "Allow", "Allow", "Deny"),
    either("Action", ACTIONS),
    either("Resource", RESOURCES),
    condition,
  )
  .map(([Effect, action, resource, when]) => ({ Effect, ...action, ...resource, ...when }));

export const drawnDocument: fc.Arbitrary<readonly DrawnStatement[]> = fc.array(drawnStatement, {
  minLength: 1,
  maxLength: 3,
});

export function textOf(statements: readonly unknown[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

/** Every request that the drawn values can distinguish, and that AWS can make. */
export const REQUESTS: readonly EvaluatedRequest[] = [
  "s3:GetObject",
  "s3:SetObject",
  "s3:GetX",
  "s3:PutObject",
  "sqs:SendMessage",
  "iam:PassRole",
]
  .flatMap((action) =>
    [
      "arn:aws:s3:::b",
      "arn:aws:s3:::b/k",
      "arn:aws:s3:::b/kk",
      "arn:aws:sqs:eu-west-1:111122223333:q",
      "arn:aws:sqs:eu-west-1:111122223333:r",
      "arn:aws:iam::111122223333:role/r",
    ].flatMap((resource) =>
      [
        {},
        { "aws:sourcevpc": "v1" },
        { "aws:sourcevpc": "v2", "aws:securetransport": "true" },
        { "aws:sourcevpc": "v3" },
        { "aws:sourcevpc": "w", "aws:securetransport": "false" },
      ].map((context) => ({ action, resource, context })),
    ),
  )
  .filter((request) => !isForObjectOfBucket(request));

/** Numbers from 0 to below 1 that follow from the seed. */
function numbersFrom(seed: number): () => number {
  let state = seed % 2_147_483_647;
  return () => {
    state = (state * 48_271 + 11) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

/** The same document in another writing: every fold of the rules table that applies, by chance. */
export function respelled(statements: readonly DrawnStatement[], seed: number): string {
  const chance = numbersFrom(seed);
  const flip = (): boolean => chance() < 0.5;
  const shuffled = <T>(list: readonly T[]): T[] =>
    list
      .map((value) => ({ value, at: chance() }))
      .sort((a, b) => a.at - b.at)
      .map(({ value }) => value);
  const recased = (text: string): string =>
    text.replaceAll(/[a-z]/gi, (letter) => (flip() ? letter.toUpperCase() : letter.toLowerCase()));
  const listed = (
    values: readonly string[],
    spell: (text: string) => string,
    extra: readonly unknown[],
  ): unknown => {
    const written = shuffled([...values, ...(flip() ? values : [])]).map(spell);
    const [only] = written;
    return written.length === 1 && flip() ? only : [...written, ...(flip() ? extra : [])];
  };
  const block = (condition: NonNullable<DrawnStatement["Condition"]>): unknown =>
    Object.fromEntries([
      ...shuffled(Object.entries(condition)).map(([operator, keys]) => [
        operator,
        Object.fromEntries(
          shuffled(Object.entries(keys)).map(([key, values]) => [
            recased(key),
            operator === "Bool" && flip() ? values[0] === "true" : listed(values, (text) => text, []),
          ]),
        ),
      ]),
      ...(flip() ? [["DateEquals", {}]] : []),
    ]);
  const respell = (statement: DrawnStatement): unknown => {
    const elements = Object.entries(statement).map(([name, value]): [string, unknown] => {
      if (name.endsWith("Action")) return [name, listed(value as readonly string[], recased, [])];
      if (name.endsWith("Resource"))
        return [name, listed(value as readonly string[], (text) => text, [null])];
      return name === "Condition"
        ? [name, block(value as NonNullable<DrawnStatement["Condition"]>)]
        : [name, value];
    });
    const empty: [string, unknown][] = [
      ["Sid", ""],
      ...(statement.Condition === undefined ? [["Condition", {}] as [string, unknown]] : []),
    ];
    return Object.fromEntries(shuffled([...elements, ...empty.filter(flip)]));
  };
  const written = shuffled([...statements, ...(flip() ? statements.slice(0, 1) : [])]).map(respell);
  const document = {
    Statement: written.length === 1 && flip() ? written[0] : written,
    Version: "2012-10-17",
  };
  const text = JSON.stringify(document, null, flip() ? 2 : 0);
  return flip() ? encodeURIComponent(text) : text;
}
