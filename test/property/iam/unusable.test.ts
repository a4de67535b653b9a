import { describe, expect, jest, test } from "@jest/globals";
import fc from "fast-check";
import { compareDocuments } from "../../../src/iam/compare/comparer.ts";
import { provedNarrower } from "../../../src/iam/compare/containment.ts";
import { onlyDocument, permissionDelta, type RolePermissions } from "../../../src/iam/compare/delta.ts";
import { matchesPattern } from "../../../src/iam/match/wildcard.ts";
import { UNUSABLE_RULES, unusablePermission } from "../../../src/iam/match/unusable/unusable-permissions.ts";
import { NO_DELTA } from "../../../src/model/delta.ts";
import { FC_RUNS, LAW_TIMEOUT_MS } from "../../support/fc-runs.ts";
import { drawnDocument, textOf } from "../../support/policies/drawn-policies.ts";
import { typesOf, resourceTypesOf } from "../../support/policies/possible-requests.ts";

jest.setTimeout(LAW_TIMEOUT_MS);

const CONTEXT = { dialect: "identity", partition: "aws", accountId: "111122223333" } as const;
const runs = { numRuns: FC_RUNS };

const ACTIONS = UNUSABLE_RULES.flatMap(({ actions }) => actions);
const PIECES = ["orders", "*", "?", "index", "/", "/index/", "/stream/", ":", "a", ".", "$"];
const HEADS: Readonly<Record<string, readonly string[]>> = {
  s3: ["arn:aws:s3:::", "arn:aws:s3:::orders", "arn:aws:s3:::orders/"],
  dynamodb: [
    "arn:aws:dynamodb:eu-west-1:111122223333:table/orders",
    "arn:aws:dynamodb:*:*:table/",
    "arn:aws:dynamodb:*:111122223333:table/orders/index/",
  ],
  sqs: ["arn:aws:sqs:eu-west-1:111122223333:", "arn:aws:sqs:*:*:orders"],
};

/** Patterns near the shapes: many of them have none. */
const pattern = (action: string): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.constantFrom(...(HEADS[action.split(":")[0] ?? ""] ?? ["arn:*:"]), "arn:*:"),
      fc.array(fc.constantFrom(...PIECES), { maxLength: 3 }),
    )
    .map(([head, pieces]) => `${head}${pieces.join("")}`);

/** Texts in the place of a wildcard: also some that IAM would never match across the parts of an ARN. */
const REPLACEMENTS = [
  "",
  "a",
  "orders",
  "/",
  "/index/",
  "/index/by-name",
  "/stream/2026-01-01T00:00:00.000",
  "x/y",
  ":",
];
const CHARACTERS = ["a", "/", ":", "."];

/** What exists in AWS: the concretisations are compared with these too, so that none is missed. */
const EXISTING = [
  "arn:aws:s3:::orders",
  "arn:aws:s3:::orders.a",
  "arn:aws:s3:::orders/a",
  "arn:aws:s3:::a/index/a",
  "arn:aws:dynamodb:eu-west-1:111122223333:table/orders",
  "arn:aws:dynamodb:eu-west-1:111122223333:table/orders.a",
  "arn:aws:dynamodb:eu-west-1:111122223333:table/index",
  "arn:aws:dynamodb:eu-west-1:111122223333:table/orders/index/a",
  "arn:aws:dynamodb:eu-west-1:111122223333:table/orders/stream/2026-01-01T00:00:00.000",
  "arn:aws:dynamodb:eu-west-1:111122223333:table/orders/backup/01489173575360-b308cd7d",
];

const concretisation = (text: string): fc.Arbitrary<string> =>
  fc.array(fc.nat(), { minLength: 12, maxLength: 12 }).map((choices) => {
    let at = 0;
    const next = (from: readonly string[]): string => from[(choices[at++ % 12] ?? 0) % from.length] ?? "";
    return text.replaceAll(/[*?]/g, (mark) => next(mark === "*" ? REPLACEMENTS : CHARACTERS));
  });

describe("a permission that no request can use", () => {
  test("names only resources of types that the action does not take, with any text in the place of its wildcards", async () => {
    const used = await resourceTypesOf(ACTIONS);
    const found = fc
      .constantFrom(...ACTIONS)
      .chain((action) => fc.tuple(fc.constant(action), pattern(action)))
      .chain(([action, text]) => fc.tuple(fc.constant(action), fc.constant(text), concretisation(text)));
    let asked = 0;

    fc.assert(
      fc.property(found, ([action, text, concrete]) => {
        if (unusablePermission(action.toLowerCase(), text) === null) return;
        const matched = [concrete, ...EXISTING.filter((arn) => matchesPattern(text, arn))];

        const types = matched.flatMap((arn) => typesOf(arn, action));
        asked += types.length;
        expect(types.filter((type) => used.get(action)?.has(type) === true)).toEqual([]);
      }),
      { numRuns: FC_RUNS * 20 },
    );
    expect(asked).toBeGreaterThan(FC_RUNS);
  });

  const UNUSABLE = [
    { Action: ["s3:GetObject"], Resource: ["arn:aws:s3:::b"] },
    { Action: ["s3:ListBucket", "s3:GetBucketLocation"], Resource: ["arn:aws:s3:::b/*"] },
    { Action: ["dynamodb:GetItem"], Resource: ["arn:aws:dynamodb:eu-west-1:111122223333:table/t/index/*"] },
  ];
  const withUnusable = fc
    .tuple(drawnDocument, fc.constantFrom(...UNUSABLE), fc.nat())
    .map(([all, one, at]) => ({
      without: all,
      having: all.toSpliced(at % (all.length + 1), 0, { Effect: "Allow", ...one }),
    }));
  const alone = (statements: readonly unknown[]): RolePermissions =>
    onlyDocument({ from: { kind: "other", name: "policy" }, text: textOf(statements) }, CONTEXT);

  test("is no difference of two documents, next to any other statements", () => {
    fc.assert(
      fc.property(withUnusable, ({ without, having }) => {
        expect(permissionDelta(alone(without), alone(having))).toEqual(NO_DELTA);
        expect(permissionDelta(alone(having), alone(without))).toEqual(NO_DELTA);
        expect(provedNarrower(textOf(having), textOf(without), CONTEXT)).toEqual({ kind: "proved" });
      }),
      runs,
    );
  });

  test("still makes a document differ from the declared one, so that it is reverted, but not as security", () => {
    const [declared, live] = [[], UNUSABLE].map((more) => [
      { Effect: "Allow", Action: ["s3:GetObject"], Resource: ["arn:aws:s3:::b/*"] },
      ...more.map((one) => ({ Effect: "Allow", ...one })),
    ]);

    expect(compareDocuments(textOf(declared ?? []), textOf(live ?? []), CONTEXT)).toBe("no-effect");
  });

  test("hides no Deny that is removed with it", () => {
    const denied = { Effect: "Deny", Action: ["s3:GetObject"], Resource: ["*"] };
    const unusable = { Effect: "Allow", Action: ["s3:GetObject"], Resource: ["arn:aws:s3:::b"] };

    const { allowed } = permissionDelta(alone([denied, unusable]), alone([unusable]));

    expect(allowed.map(({ effect, limit }) => [effect, limit?.kind])).toEqual([["Deny", "denial"]]);
  });
});
