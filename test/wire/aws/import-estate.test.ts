import { afterEach, expect, test } from "@jest/globals";
import type { ImportedFunction } from "../../../src/adopt/manifests/plan-import.ts";
import { addEstate, type GeneratedEstate } from "../../../src/simulator/estate/estate.ts";
import type { Situation } from "../../../src/simulator/estate/situations.ts";
import { importPlan } from "../../support/adopt/import.ts";
import { ACCOUNT, REGION, startAwsWorld, type AwsWorld } from "./aws-world.ts";
import { readEstate, recognisedShare, sampledOf } from "./imported-estate.ts";

let world: AwsWorld;
afterEach(() => world.stop());

/** What the situations of a function mean for its manifest; all others change nothing that is proved. */
const DIFFERS: readonly Situation[] = ["trust-names-account", "foreign-boundary"];

/** Situations whose role can't be taken over in place: it is shared, of a stack or a state, too large, or trusts others. */
const NOT_IN_PLACE: readonly Situation[] = [
  ...DIFFERS,
  "shared-role",
  "cdk-names",
  "sam",
  "serverless",
  "quota-size-policy",
];

function expected(situations: readonly Situation[], isOnEdgeRole: boolean): string {
  if (situations.includes("edge") || isOnEdgeRole) return "excluded";
  if (situations.includes("policy-unreadable")) return "unknown";
  return situations.some((one) => DIFFERS.includes(one)) ? "written, differs" : "written, equal";
}

function observed({ outcome }: ImportedFunction): string {
  if (outcome.kind !== "written") return outcome.kind;
  return outcome.difference === null ? "written, equal" : "written, differs";
}

test("an estate of several tools is imported with reading calls, and everything but boundaries and trusts of others is proved equal, as an evaluation of requests confirms, and no role of several functions or of a stack is offered for a take-over", async () => {
  let generated: GeneratedEstate | undefined;
  world = await startAwsWorld((state) => {
    generated = addEstate(state, { accountId: ACCOUNT, region: REGION, functions: 120, seed: 7 });
  });
  const situations = new Map(generated?.functions.map((one) => [one.name, one.situations]));

  const edgeRoles = new Set(
    generated?.functions.flatMap((one) => (one.situations.includes("edge") ? one.roleArn : [])),
  );
  const onEdgeRoles = new Set(
    generated?.functions.flatMap((one) => (edgeRoles.has(one.roleArn) ? one.name : [])),
  );

  const estate = await readEstate(world);
  const plan = importPlan(estate);

  const outcomes = plan.functions.map((one) => [one.found.name, observed(one)]);
  expect(outcomes).toEqual(
    outcomes.map(([name = ""]) => [name, expected(situations.get(name) ?? [], onEdgeRoles.has(name))]),
  );
  expect(outcomes).toHaveLength(120);
  expect(new Set(outcomes.map(([, outcome]) => outcome)).size).toBe(4);
  const offered = plan.functions.filter(({ inPlace }) => inPlace?.kind === "offered");
  const ofOffered = new Set(offered.flatMap(({ found }) => situations.get(found.name) ?? []));
  expect(offered.length).toBeGreaterThan(10);
  expect(NOT_IN_PLACE.filter((one) => ofOffered.has(one))).toEqual([]);
  expect(Object.keys(world.reads()).filter((call) => !/:(Describe|Get|List)[A-Z]/.test(call))).toEqual([]);
  expect(importPlan(await readEstate(world)).files).toEqual(plan.files);
  const { asked, differing } = await sampledOf(plan, estate);
  expect(differing).toEqual([]);
  expect(asked).toBeGreaterThan(2_000);
  // The others have wildcards, conditions, NotAction, or actions of no grant: they stay as they are. In a small estate these
  // are a larger share than in one of 3,000 functions, because it has as many functions in unusual situations.
  expect(recognisedShare(plan)).toBeGreaterThan(0.87);
});
