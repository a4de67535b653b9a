import { readDocumentName } from "../../../src/iam/row-text.ts";
import { describe, expect, jest, test } from "@jest/globals";
import fc from "fast-check";
import { heldOutside, comparableRows } from "../../../src/iam/compare/delta.ts";
import { ComparisonBudget } from "../../../src/iam/match/comparison-budget.ts";
import { gains, isProved, type Gain } from "../../../src/iam/compare/rows/gain.ts";
import { IndexedRows } from "../../../src/iam/compare/rows/indexed-rows.ts";
import { RowList } from "../../../src/iam/compare/rows/row-list.ts";
import { scopeCovers } from "../../../src/iam/match/scope.ts";
import { FC_RUNS, LAW_TIMEOUT_MS } from "../../support/fc-runs.ts";
import { identityPlace } from "../../support/second-opinion/drawn-place.ts";
import { contextOf } from "../../support/second-opinion/product.ts";

jest.setTimeout(LAW_TIMEOUT_MS);

const context = contextOf("identity");

/** Documents of a role, and perhaps the one of its boundary. */
const drawnRole = fc
  .tuple(fc.array(identityPlace, { minLength: 1, maxLength: 3 }), fc.option(identityPlace))
  .map(([places, boundary]) => ({
    documents: places.map(({ document }, at) => ({
      from: readDocumentName(`document ${at}`),
      text: JSON.stringify(document),
    })),
    boundary: boundary && { from: readDocumentName("boundary"), text: JSON.stringify(boundary.document) },
    context,
  }));
type DrawnRole = typeof drawnRole extends fc.Arbitrary<infer Role> ? Role : never;

interface Found {
  readonly found: readonly Gain[];
  readonly proved: ReadonlySet<string>;
}

function gainsWith(pairs: number | undefined, before: DrawnRole, after: DrawnRole): Found {
  const index = (role: DrawnRole) =>
    new IndexedRows([new RowList(comparableRows(role))], new ComparisonBudget(pairs));
  const states = { old: index(before), now: index(after), heldOutside: heldOutside(context) };
  const found = gains(states);
  return { found, proved: new Set(found.filter((gain) => isProved(gain, states)).map(nameOf)) };
}

const nameOf = ({ row, around }: Gain): string => `${row.key} ${around?.key ?? ""}`;

describe("a comparison that ends early", () => {
  test("misses nothing that a full one finds, and proves nothing that it does not", () => {
    fc.assert(
      fc.property(drawnRole, drawnRole, fc.integer({ min: 0, max: 60 }), (before, after, pairs) => {
        const [full, early] = [gainsWith(undefined, before, after), gainsWith(pairs, before, after)];

        // The common part of a grant with a Deny or a row of the boundary is also shown by that row itself.
        const isShown = (gain: Gain): boolean =>
          early.found.some(
            ({ row }) =>
              row.key === gain.row.key || row.key === gain.around?.key || scopeCovers(row, gain.row),
          );
        expect(full.found.filter((gain) => !isShown(gain)).map(nameOf)).toEqual([]);
        const wasFound = new Set(full.found.map(nameOf));
        const more = [...early.proved].filter((name) => wasFound.has(name) && !full.proved.has(name));
        expect(more).toEqual([]);
      }),
      { numRuns: FC_RUNS },
    );
  });
});
