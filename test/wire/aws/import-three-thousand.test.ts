import { afterEach, expect, test } from "@jest/globals";
import { addEstate } from "../../../src/simulator/estate/estate.ts";
import { importPlan } from "../../support/adopt/import.ts";
import { ACCOUNT, REGION, startAwsWorld, type AwsWorld } from "./aws-world.ts";
import { readEstate, recognisedShare, sampledOf } from "./imported-estate.ts";

let world: AwsWorld;
afterEach(() => world.stop());

/** Of the seeds that were measured, the one with the smallest share of grants. */
const SEED = 11;

test("of 3,000 functions, nine of ten statements are recognised as grants, and no request is answered differently", async () => {
  world = await startAwsWorld((state) => {
    addEstate(state, { accountId: ACCOUNT, region: REGION, functions: 3_000, seed: SEED });
  });

  const estate = await readEstate(world);
  const plan = importPlan(estate);

  const left = plan.functions.filter(({ outcome }) => outcome.kind !== "written");
  expect(new Set(left.map(({ outcome }) => outcome.kind))).toEqual(new Set(["excluded", "unknown"]));
  expect(left.length).toBeLessThan(3_000 / 20);
  expect(recognisedShare(plan)).toBeGreaterThan(0.9);
  const { asked, differing } = await sampledOf(plan, estate);
  expect(differing).toEqual([]);
  expect(asked).toBeGreaterThan(50_000);
}, 600_000);
