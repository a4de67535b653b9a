import { describe, expect, jest, test } from "@jest/globals";
import fc from "fast-check";
import { limitsMore, permissionDelta, replacementDelta } from "../../../src/iam/compare/delta.ts";
import type { RolePermissions } from "../../../src/iam/compare/delta.ts";
import type { Delta } from "../../../src/model/delta.ts";
import { FC_RUNS, LAW_TIMEOUT_MS } from "../../support/fc-runs.ts";
import { drawnDocument, REQUESTS, textOf } from "../../support/policies/drawn-policies.ts";
import { allows, type EvaluatedRole } from "../../support/policies/evaluator.ts";

jest.setTimeout(LAW_TIMEOUT_MS);
const runs = { numRuns: FC_RUNS };

const ADMIN = textOf([{ Effect: "Allow", Action: ["*"], Resource: ["*"] }]);
/** As platforms write them: some services, without a few actions. */
const SERVICES = textOf([
  { Effect: "Allow", Action: ["s3:*", "sqs:*"], Resource: ["*"] },
  { Effect: "Deny", Action: ["iam:*"], Resource: ["*"] },
]);
const boundary = fc.oneof(
  fc.constantFrom(null, ADMIN, SERVICES),
  drawnDocument.map(textOf),
  drawnDocument.map((statements) =>
    textOf([{ Effect: "Allow", Action: ["s3:*", "sqs:*"], Resource: ["*"] }, ...statements]),
  ),
);

/** The same policies within two boundaries, or also other policies. */
const replaced = fc
  .tuple(
    fc.array(drawnDocument.map(textOf), { minLength: 1, maxLength: 2 }),
    fc.option(drawnDocument.map(textOf), { freq: 3 }),
    boundary,
    boundary,
  )
  .map(([documents, other, was, is]): { before: EvaluatedRole; after: EvaluatedRole } => ({
    before: { documents, boundary: was },
    after: { documents: other === null ? documents : [...documents, other], boundary: is },
  }));

function permissions({ documents, boundary: limit }: EvaluatedRole): RolePermissions {
  return {
    documents: documents.map((text, at) => ({ from: { kind: "inline", name: `policy-${at}` }, text })),
    boundary: limit === null ? null : { from: { kind: "boundary" }, text: limit },
    context: { dialect: "identity", partition: "aws", accountId: "111122223333" },
  };
}

const isNone = ({ allowed, noLongerAllowed, unknownEffect }: Delta): boolean =>
  allowed.length + noLongerAllowed.length + unknownEffect.length === 0;

const found = ({ before, after }: { before: EvaluatedRole; after: EvaluatedRole }): Delta =>
  replacementDelta(permissions(before), permissions(after));

describe("a role that replaces another one", () => {
  test("decides every request alike if nothing differs, within any boundary", () => {
    fc.assert(
      fc.property(replaced, (roles) => {
        if (!isNone(found(roles))) return;
        const different = REQUESTS.filter(
          (request) => allows(roles.before, request) !== allows(roles.after, request),
        );

        expect(different).toEqual([]);
      }),
      runs,
    );
  });

  test("differs from any other change only by limits of the new boundary, and then it limits more", () => {
    fc.assert(
      fc.property(replaced, (roles) => {
        const [before, after] = [permissions(roles.before), permissions(roles.after)];
        const [all, ours] = [permissionDelta(before, after), found(roles)];
        const left = all.noLongerAllowed.filter(
          (row) => !ours.noLongerAllowed.some((other) => JSON.stringify(other) === JSON.stringify(row)),
        );

        expect(ours.allowed).toEqual(all.allowed);
        expect(left.map(({ limit }) => limit?.from.kind).filter((kind) => kind !== "boundary")).toEqual([]);
        expect(left.length === 0 || limitsMore(before, after)).toBe(true);
      }),
      runs,
    );
  });

  test("is proved the same for at least a third of the drawn roles that get the boundary of usual services", () => {
    const drawn = fc.sample(drawnDocument.map(textOf), { numRuns: 300, seed: 11 });
    const same = drawn.filter((text) =>
      isNone(
        found({
          before: { documents: [text], boundary: null },
          after: { documents: [text], boundary: SERVICES },
        }),
      ),
    );

    expect(same.length / drawn.length).toBeGreaterThan(1 / 3);
  });
});
