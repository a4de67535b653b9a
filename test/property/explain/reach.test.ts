import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { functionsByArn, mapPart, type MapPart } from "../../../src/explain/reverse/map-part.ts";
import { followReached, reachedSteps, startReach } from "../../../src/explain/reverse/reach.ts";
import { onRoles, sharedRoles } from "../../../src/explain/reverse/shared-roles.ts";
import { complete } from "../../../src/model/values/steps.ts";
import { drawnEstate, type DrawnFunction } from "./drawn-estate.ts";

const RUNS = 60;

type StateName = "complete" | "access";

/** The answer about the first function: those of the others are `complete`, as the answer was made before, or `access`, as it is made. */
function answerOf(functions: readonly DrawnFunction[], others: StateName, depth: number) {
  const byArn = functionsByArn(functions);
  const partsOf = (of: StateName) => functions.map((one) => mapPart({ ...one, state: one[of] }, byArn));
  const keys = functions.map(({ key }) => key);
  const [key] = keys;
  if (key === undefined) throw new Error("an estate is never empty");
  const entire = new Map(partsOf("complete").map((part, at) => [keys[at], part]));
  const reach = complete(startReach(partsOf(others), { key, depth }));
  while (reach.next.length > 0)
    complete(
      followReached(
        reach.next.flatMap((one) => entire.get(one) ?? []),
        reach,
      ),
    );
  const roles = sharedRoles(
    functions.map((one) => onRoles({ ...one, state: one[others] })),
    key,
  );
  return { steps: complete(reachedSteps(reach)), reached: [...reach.distances], roles };
}

test("a reach is the same whether the permissions of all functions are computed or of the reached ones alone", () => {
  let followed = 0;

  fc.assert(
    fc.property(drawnEstate, fc.integer({ min: 1, max: 4 }), (functions, depth) => {
      const answer = answerOf(functions, "access", depth);

      expect(answer).toEqual(answerOf(functions, "complete", depth));
      followed += answer.reached.length - 1;
    }),
    { numRuns: RUNS },
  );
  // The estates are such that there is something to compare.
  expect(followed).toBeGreaterThan(RUNS / 3);
});

test("who may call a function and what was not read is the same in both states, and only its own permissions are left out", () => {
  fc.assert(
    fc.property(drawnEstate, (functions) => {
      const byArn = functionsByArn(functions);
      for (const one of functions) {
        const [entire, access] = [one.complete, one.access].map((state) => mapPart({ ...one, state }, byArn));
        const others = (part: MapPart | undefined) => part?.edges.filter(({ from }) => from !== one.key);
        expect(others(access)).toEqual(others(entire));
        expect(entire?.reasons).toEqual(expect.arrayContaining([...(access?.reasons ?? [])]));
        const left = entire?.reasons.filter((reason) => access?.reasons.includes(reason) !== true) ?? [];
        expect(OF_ROLES).toEqual(expect.arrayContaining(left));
      }
    }),
    { numRuns: RUNS },
  );
});

/** Of permissions of a role, which change nothing about who reaches the function. */
const OF_ROLES = [
  "statements that deny",
  "statements that are not understood",
  "changes that were found before Git changed",
];
