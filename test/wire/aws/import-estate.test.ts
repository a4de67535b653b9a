import { afterEach, expect, test } from "@jest/globals";
import type { Estate } from "../../../src/adopt/estate/estate.ts";
import type { ImportedFunction, ImportPlan } from "../../../src/adopt/manifests/plan-import.ts";
import { liveOf } from "../../../src/adopt/manifests/role-policies.ts";
import { managedText } from "../../../src/diff/documents/permissions.ts";
import { compiledDocumentText } from "../../../src/iam/read/print.ts";
import { addEstate, type GeneratedEstate } from "../../../src/simulator/estate/estate.ts";
import type { Situation } from "../../../src/simulator/estate/situations.ts";
import { importPlan } from "../../support/adopt/import.ts";
import { differingRequests } from "../../support/adopt/sampled-requests.ts";
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

test("an estate of several tools is imported with reading calls, and everything but boundaries and trusts of others is proved equal, as an evaluation of requests confirms", async () => {
  let generated: GeneratedEstate | undefined;
  world = await startAwsWorld((state) => {
    generated = addEstate(state, { accountId: ACCOUNT, region: REGION, functions: 120, seed: 7 });
  });
  const situations = new Map(generated?.functions.map((one) => [one.name, one.situations]));

  const estate = await read();
  const plan = importPlan(estate);

  const outcomes = plan.functions.map((one) => [one.found.name, observed(one)]);
  expect(outcomes).toEqual(outcomes.map(([name = ""]) => [name, expected(situations.get(name) ?? [])]));
  expect(outcomes).toHaveLength(120);
  expect(new Set(outcomes.map(([, outcome]) => outcome)).size).toBe(4);
  expect(Object.keys(world.reads()).filter((call) => !/:(Get|List)[A-Z]/.test(call))).toEqual([]);
  expect(importPlan(await read()).files).toEqual(plan.files);
  const sampled = (await Promise.all(plan.functions.map((one) => sampledRequests(one, plan, estate)))).flat();
  expect(sampled.flatMap(({ differing }) => differing)).toEqual([]);
  expect(sampled.reduce((sum, { asked }) => sum + asked, 0)).toBeGreaterThan(2_000);
  // The others have wildcards, conditions, NotAction, or actions of no grant: they stay as they are. In a small estate these
  // are a larger share than in one of 3,000 functions, because it has as many functions in unusual situations.
  expect(recognisedShare(plan)).toBeGreaterThan(0.87);
});

/** Of all statements of the functions that were written. */
function recognisedShare({ functions }: ImportPlan): number {
  const found = functions.flatMap(({ outcome }) =>
    outcome.kind === "written" ? [outcome.draft.recognition] : [],
  );
  const replaced = found.reduce((sum, one) => sum + one.replaced, 0);
  return replaced / found.reduce((sum, one) => sum + one.replaced + one.rest.length, 0);
}

/** Of a function that is proved equal: what its live policies and its manifest allow. */
async function sampledRequests({ outcome }: ImportedFunction, { compilation }: ImportPlan, estate: Estate) {
  if (outcome.kind !== "written" || outcome.difference !== null) return [];
  const { role } = outcome.draft;
  const live = liveOf(estate);
  const before = [
    ...role.inline.map(({ text }) => text),
    ...role.attachments.map((arn) => managedText(arn, live)),
  ];
  const declared = compilation.desired.bindings.get(outcome.key)?.role;
  const policies = new Map([...compilation.desired.policies.values()].map((one) => [one.arn, one.document]));
  const attached = (declared?.attachments ?? []).map(({ arn }) => {
    const own = policies.get(arn);
    return own === undefined ? managedText(arn, live) : compiledDocumentText(own);
  });
  const inline = declared === undefined ? [] : [compiledDocumentText(declared.inline)];
  const texts = [before, [...inline, ...attached]].map((all) => all.filter((text) => text !== undefined));
  return [await differingRequests(texts[0] ?? [], texts[1] ?? [], role.arn)];
}

async function read(): Promise<Estate> {
  const at = { account: world.account, region: REGION, pass: "import" };
  const request = { ...at, ofAccount: null, progress: () => undefined };
  const found = await world.aws.estates.read(request, never());
  if (found.kind === "unknown") throw new Error(found.reason);
  return { ...found.value, account: { ...found.value.account, name: "orders-prod" } };
}
