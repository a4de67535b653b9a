import { expect, jest, test } from "@jest/globals";
import fc from "fast-check";
import { compareDocuments } from "../../../src/iam/compare/comparer.ts";
import { permissionDelta, onlyDocument, type RolePermissions } from "../../../src/iam/compare/delta.ts";
import { NO_DELTA } from "../../../src/model/delta.ts";
import { FC_RUNS, LAW_TIMEOUT_MS } from "../../support/fc-runs.ts";
import { mutated, nearMiss } from "../../support/policies/drawn-changes.ts";
import {
  drawnDocument,
  drawnStatement,
  REQUESTS,
  textOf,
  type DrawnStatement,
} from "../../support/policies/drawn-policies.ts";
import { allows, type EvaluatedRole } from "../../support/policies/evaluator.ts";
import { rewritten, UNUSABLE } from "../../support/policies/rewritten.ts";

jest.setTimeout(LAW_TIMEOUT_MS);

const IDENTITY = { dialect: "identity", partition: "aws", accountId: "111122223333" } as const;

interface Drawn {
  readonly before: readonly DrawnStatement[];
  readonly after: readonly DrawnStatement[];
  readonly a: number;
  readonly b: number;
}

/** Two texts that are often, and not always, the same for each request. */
const pairs: fc.Arbitrary<Drawn> = fc
  .tuple(
    fc.oneof(
      drawnDocument.map((before) => ({ before, after: before })),
      mutated,
      nearMiss.map(({ inner, outer }) => ({ before: inner, after: outer })),
      fc.tuple(drawnDocument, drawnStatement).map(([before, more]) => ({ before, after: [...before, more] })),
    ),
    fc.nat(),
    fc.nat(),
  )
  .map(([{ before, after }, a, b]) => ({ before, after, a, b }));

interface Texts {
  readonly a: string;
  readonly b: string;
}

function withUnusable({ before, after, a, b }: Drawn): Texts {
  return { a: textOf(rewritten(before, a)), b: textOf(rewritten(after, b)) };
}

/** Only divided: in a boundary, what no request can use counts too. */
function divided({ before, after, a, b }: Drawn): Texts {
  const seedOf = (seed: number): number => 4 * seed + UNUSABLE.length;
  return { a: textOf(rewritten(before, seedOf(a % 64))), b: textOf(rewritten(after, seedOf(b % 64))) };
}

const asDocument = (text: string): EvaluatedRole => ({ documents: [text], boundary: null });
const asBoundary = (text: string): EvaluatedRole => ({
  documents: [textOf([{ Effect: "Allow", Action: ["*"], Resource: ["*"] }])],
  boundary: text,
});

test.each([
  { dialect: "identity", roleWith: asDocument, textsOf: withUnusable },
  { dialect: "boundary", roleWith: asBoundary, textsOf: divided },
] as const)(
  "a difference of the tier no-effect changes no decision ($dialect)",
  ({ dialect, roleWith, textsOf }) => {
    let found = 0;

    fc.assert(
      fc.property(pairs, (drawn) => {
        const { a, b } = textsOf(drawn);
        if (compareDocuments(a, b, { ...IDENTITY, dialect }) !== "no-effect") return;
        found += 1;
        const [before, after] = [roleWith(a), roleWith(b)];

        expect(REQUESTS.filter((request) => allows(before, request) !== allows(after, request))).toEqual([]);
      }),
      { numRuns: FC_RUNS * 5 },
    );
    expect(found).toBeGreaterThan(0);
  },
);

test("a difference of the tier no-effect is no permission in the delta", () => {
  const alone = (text: string): RolePermissions =>
    onlyDocument({ from: { kind: "other", name: "policy" }, text }, IDENTITY);

  fc.assert(
    fc.property(pairs, (drawn) => {
      const { a, b } = withUnusable(drawn);
      if (compareDocuments(a, b, IDENTITY) !== "no-effect") return;

      expect(permissionDelta(alone(a), alone(b))).toEqual(NO_DELTA);
    }),
    { numRuns: FC_RUNS },
  );
});

test("the same permissions in other statements are at most of the tier no-effect", () => {
  fc.assert(
    fc.property(drawnDocument, fc.nat(), (statements, seed) => {
      const plain = statements.filter((statement) => !/[*?]/.test(JSON.stringify(statement)));
      expect(compareDocuments(textOf(plain), textOf(rewritten(plain, seed)), IDENTITY)).not.toBe("security");
    }),
    { numRuns: FC_RUNS },
  );
});
