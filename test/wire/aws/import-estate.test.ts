import { afterEach, expect, test } from "@jest/globals";
import type { Estate } from "../../../src/adopt/estate/estate.ts";
import type { ImportedFunction } from "../../../src/adopt/manifests/plan-import.ts";
import { addEstate, type GeneratedEstate } from "../../../src/simulator/estate/estate.ts";
import type { Situation } from "../../../src/simulator/estate/situations.ts";
import { importPlan } from "../../support/adopt/import.ts";
import { ACCOUNT, never, REGION, startAwsWorld, type AwsWorld } from "./aws-world.ts";

let world: AwsWorld;
afterEach(() => world.stop());

/** What the situations of a function mean for its manifest; all others change nothing that is proved. */
const DIFFERS: readonly Situation[] = ["trust-names-account", "foreign-boundary"];

function expected(situations: readonly Situation[]): string {
  if (situations.includes("edge")) return "excluded";
  if (situations.includes("policy-unreadable")) return "unknown";
  return situations.some((one) => DIFFERS.includes(one)) ? "written, differs" : "written, equal";
}

function observed({ outcome }: ImportedFunction): string {
  if (outcome.kind !== "written") return outcome.kind;
  return outcome.difference === null ? "written, equal" : "written, differs";
}

test("an estate of several tools is imported with reading calls, and everything but boundaries and trusts of others is proved equal", async () => {
  let generated: GeneratedEstate | undefined;
  world = await startAwsWorld((state) => {
    generated = addEstate(state, { accountId: ACCOUNT, region: REGION, functions: 120, seed: 7 });
  });
  const situations = new Map(generated?.functions.map((one) => [one.name, one.situations]));

  const plan = importPlan(await read());

  const outcomes = plan.functions.map((one) => [one.found.name, observed(one)]);
  expect(outcomes).toEqual(outcomes.map(([name = ""]) => [name, expected(situations.get(name) ?? [])]));
  expect(outcomes).toHaveLength(120);
  expect(new Set(outcomes.map(([, outcome]) => outcome)).size).toBe(4);
  expect(Object.keys(world.reads()).filter((call) => !/:(Get|List)[A-Z]/.test(call))).toEqual([]);
  expect(importPlan(await read()).files).toEqual(plan.files);
});

async function read(): Promise<Estate> {
  const request = { account: world.account, region: REGION, pass: "import", progress: () => undefined };
  const found = await world.aws.estates.read(request, never());
  if (found.kind === "unknown") throw new Error(found.reason);
  return { ...found.value, account: { ...found.value.account, name: "orders-prod" } };
}
