import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { Estate } from "../../../src/adopt/estate/estate.ts";
import { terraformState } from "../../../src/adopt/deployer/terraform-state.ts";
import type { ImportedFunction, ImportPlan } from "../../../src/adopt/manifests/plan-import.ts";
import type { TakeOverRefusal } from "../../../src/diff/role/take-over-refusals.ts";
import { DEPLOYERS } from "../../../src/simulator/estate/deployer.ts";
import { addEstate, type GeneratedEstate } from "../../../src/simulator/estate/estate.ts";
import { ALL_SITUATIONS, deployersOf, type Situation } from "../../../src/simulator/estate/situations.ts";
import { orThrow } from "../../../src/model/values/result.ts";
import { ESTATE_ACCOUNT_TEXT, importPlan, type ImportSetting } from "../../support/adopt/import.ts";
import { SITUATION_FACTS, type ImportedSituation } from "../../support/adopt/situation-facts.ts";
import { ACCOUNT, must, never, REGION, startAwsWorld, type AwsWorld } from "./aws-world.ts";
import { callersOf, converge, declaredIn, documentsOf, ownedRoles, passesOver } from "./imported-life.ts";
import {
  declaredInBothWays,
  groupsOf,
  livesInPlace,
  withoutTerraform,
  type InPlaceLife,
} from "./imported-in-place.ts";
import { Turmoil } from "./imported-turmoil.ts";
import { FC_RUNS, LAW_TIMEOUT_MS } from "../../support/fc-runs.ts";

/** As many as every situation alone and every two that can meet need. */
const FUNCTIONS = 606;

type Pair = readonly [Situation, Situation];

const PAIRS = ALL_SITUATIONS.flatMap((one, index) =>
  ALL_SITUATIONS.slice(index + 1).map((other): Pair => [one, other]),
);
const canMeet = (pair: Pair): boolean => deployersOf(pair, DEPLOYERS).length > 0;
const MEETING = PAIRS.filter(canMeet);
const APART = PAIRS.filter((pair) => !canMeet(pair));

/** The tools that leave functions in a situation; a situation that is not here can come from any. */
const TOOLS: Readonly<Partial<Record<Situation, readonly string[]>>> = {
  "shared-role": ["terraform", "unknown"],
  "service-role-path": ["console"],
  "console-logs-policy": ["console"],
  "cdk-names": ["cdk"],
  sam: ["sam"],
  serverless: ["serverless"],
  "terraform-for-each": ["terraform"],
  edge: ["cloudformation", "unknown"],
  "longest-name": ["cdk", "cloudformation", "sam", "terraform", "unknown"],
};

/** Lambda@Edge supports none of these, and a replica has no callers of its own. */
const NOT_AT_THE_EDGE: ReadonlySet<Situation> = new Set([
  "alias-on-old-role",
  "container-image",
  "vpc",
  "destinations",
  "cross-account-caller",
  "api-gateway-console-sid",
  "s3-without-source-account",
  "event-rule-wildcard",
  "dangling-principal",
  "longest-name",
]);

/** Why two situations cannot meet in one function. */
function reasonApart([one, other]: Pair): string | null {
  if ((one === "edge" && NOT_AT_THE_EDGE.has(other)) || (other === "edge" && NOT_AT_THE_EDGE.has(one)))
    return "Lambda@Edge does not support it";
  const both = new Set<Situation>([one, other]);
  if (both.has("shared-role") && both.has("terraform-for-each")) return "for_each creates a role for each";
  const [tools, others] = [TOOLS[one], TOOLS[other]];
  if (tools === undefined || others === undefined || tools.some((tool) => others.includes(tool))) return null;
  return "no tool leaves both";
}

let world: AwsWorld;
let generated: GeneratedEstate;
let estate: Estate;
let plan: ImportPlan;
const setting = (): ImportSetting => ({
  terraform: must(terraformState(JSON.parse(generated.terraformState))),
});

beforeAll(async () => {
  world = await startAwsWorld((state) => {
    generated = addEstate(state, { accountId: ACCOUNT, region: REGION, functions: FUNCTIONS, seed: 7 });
  });
  const at = { account: world.account, region: REGION, pass: "import" };
  const read = orThrow(
    await world.aws.estates.read({ ...at, ofAccount: null, progress: () => undefined }, never()),
  );
  if (read.kind === "unknown") throw new Error(read.reason);
  estate = { ...read.value, account: { ...read.value.account, name: "orders-prod" } };
  plan = importPlan(estate, setting());
}, 120_000);
afterAll(() => world.stop());

function importedIn(name: string): ImportedSituation | string {
  const one = plan.functions.find(({ found }) => found.name === name);
  if (one === undefined) return "missing";
  const { outcome } = one;
  if (outcome.kind !== "written") return outcome.kind;
  const texts = plan.files.flatMap(({ functions, text }) => (functions.includes(one.found) ? [text] : []));
  return { ...one, outcome, text: texts.join("---\n") };
}

/** It or another function of its role is a replica of Lambda@Edge, so that the role trusts Lambda@Edge. */
function isOnEdgeRole(name: string): boolean {
  const roleArn = generated.functions.find((one) => one.name === name)?.roleArn;
  return generated.functions.some((one) => one.roleArn === roleArn && one.situations.includes("edge"));
}

/** What the import shows otherwise than the situations of the function demand; empty: nothing. */
function problemsOf(name: string, situations: readonly Situation[]): readonly string[] {
  const one = importedIn(name);
  const without = isOnEdgeRole(name)
    ? "excluded"
    : situations.includes("policy-unreadable")
      ? "unknown"
      : null;
  if (typeof one === "string" || without !== null)
    return one === without
      ? []
      : [`${typeof one === "string" ? one : "written"}, not ${without ?? "written"}`];
  const differs = situations.includes("trust-names-account") || situations.includes("foreign-boundary");
  return [
    ...((one.outcome.difference !== null) === differs ? [] : ["the proof"]),
    ...(one.text.includes("  mode: observe\n") ? [] : ["the mode"]),
    ...(one.roleSwitch?.to.includes(":role/grantkeeper/") === true ? [] : ["the new role"]),
    ...situations.filter(
      (each) => each in SITUATION_FACTS && !SITUATION_FACTS[each as keyof typeof SITUATION_FACTS](one),
    ),
  ];
}

const ALL_CASES = [...ALL_SITUATIONS.map((one): readonly Situation[] => [one]), ...MEETING].map((wanted) => ({
  wanted,
  title: wanted.join(" and "),
}));

test.each(ALL_CASES)(
  "a function in $title gets its manifest, its proof or difference, its new role and what is to know about each",
  ({ wanted }) => {
    const found = generated.functions.filter(({ situations }) =>
      wanted.every((each) => situations.includes(each)),
    );

    const problems = found.map(({ name, situations }) => ({ name, problems: problemsOf(name, situations) }));
    expect(problems).not.toEqual([]);
    expect(problems.filter((one) => one.problems.length > 0)).toEqual([]);
  },
);

test("every two situations that cannot meet have a reason, and no others have one", () => {
  expect(APART.filter((pair) => reasonApart(pair) === null)).toEqual([]);
  expect(MEETING.filter((pair) => reasonApart(pair) !== null)).toEqual([]);
});

test("the import has made reading calls alone", () => {
  expect(Object.keys(world.reads()).filter((call) => !/:(Describe|Get|List)[A-Z]/.test(call))).toEqual([]);
});

test("a second import writes the same bytes, and next to its files it finds every function declared", () => {
  const files = Object.fromEntries(plan.files.map(({ path, text }) => [path, text]));
  const account = { "platform/accounts.yaml": ESTATE_ACCOUNT_TEXT };

  expect(importPlan(estate, setting()).files).toEqual(plan.files);
  const next = importPlan(estate, { ...setting(), files: { ...account, ...files } });
  const kinds = (kind: string, of: ImportPlan): number =>
    of.functions.filter(({ outcome }) => outcome.kind === kind).length;
  expect(next.files).toEqual([]);
  expect(kinds("declared", next)).toBe(kinds("written", plan));
}, 60_000);

test("every two situations that can meet are enforced without touching what was there, silent in the second pass, and released with all documents as they were", async () => {
  const desired = declaredIn("enforce", plan);
  const passes = passesOver(estate, desired);
  const before = passes.aws.live;

  await converge(passes, desired);
  const enforced = passes.aws.live;
  const owned = ownedRoles(enforced).filter((name) => !before.roles.has(name));
  await converge(passes, declaredIn("release", plan));
  const released = passes.aws.live;

  expect([...before.roles].filter(([name, role]) => enforced.roles.get(name) !== role)).toEqual([]);
  expect(callersOf(enforced)).toBe(callersOf(before));
  // Rules refuse the others, until a Waiver or another change.
  expect(owned.length).toBeGreaterThan(400);
  expect(documentsOf(released)).toBe(documentsOf(enforced));
  expect(ownedRoles(released)).toEqual([]);
}, 120_000);

test("every two situations that allow it are taken over in place: after 24 hours of proof, with the tags first, silent in the second pass, and undone to the same bytes", async () => {
  const functions = plan.functions.filter(isFreeAfterTerraform);
  const estates = { estate: withoutTerraform(estate), plan };
  const groups = await Promise.all(
    groupsOf(functions).map((group) => livesInPlace({ ...estates, functions: group })),
  );
  const lives = groups.flatMap((group) => group.lives);
  const ended = Map.groupBy(lives, ({ end }) => end.status?.adoption?.state ?? "none");
  const used = [...(ended.get("enforced") ?? []), ...(ended.get("adopted") ?? [])];

  expect(groups.flatMap(({ losses, unexplained }) => [...losses, ...unexplained])).toEqual([]);
  expect(groups.reduce((sum, { asked }) => sum + asked, 0)).toBeGreaterThan(1_000);
  expect(lives.filter(({ isRestored }) => !isRestored)).toEqual([]);
  expect(lives.filter(({ calls }) => calls.early.length + calls.silent.length > 0)).toEqual([]);
  expect(used.filter(({ calls }) => calls.claimed.join() !== "iam:TagRole")).toEqual([]);
  expect(used.filter(({ calls }) => calls.undone.length === 0)).toEqual([]);
  expect(used.length).toBeGreaterThan(110);
  expect(lives.filter((one) => endProblem(one) !== null)).toEqual([]);
}, 120_000);

test(
  "no function loses a permission at any write while all are adopted, in place or by a switch, with kills, failed calls and other tools that deploy, delete and create again",
  async () => {
    // A part of the estate in each run of the suite, and all of it with more runs.
    const part = FC_RUNS > 200 ? 1 : 8;
    const written = plan.functions.filter(({ outcome }) => outcome.kind === "written");
    const functions = written.filter((_, at) => at % part === 0);
    const [inPlace = []] = groupsOf(functions.filter(isFreeAfterTerraform));
    const desired = declaredInBothWays({ plan, functions }, inPlace);
    for (let seed = 1; seed <= Math.max(1, FC_RUNS / 200); seed += 1) {
      const turmoil = new Turmoil(withoutTerraform(estate), desired, seed);
      await turmoil.run();
      expect(turmoil.losses.slice(0, 5)).toEqual([]);
      expect(turmoil.violations.slice(0, 5)).toEqual([]);
      expect(await turmoil.passes.unexplained()).toEqual([]);
      expect(turmoil.deeds).toBeGreaterThan(40);
      expect(turmoil.adopted().switched).toBeGreaterThan(0.4 * functions.length);
      expect(turmoil.adopted().inPlace).toBeGreaterThan(8);
    }
  },
  LAW_TIMEOUT_MS + 120_000,
);

test("a role that must not be taken over is not written, and the controller names each reason that the import named", async () => {
  const refused = plan.functions.filter(
    ({ outcome, inPlace }) => outcome.kind === "written" && inPlace?.kind === "refused",
  );
  const each = [
    ...Map.groupBy(refused, (one) =>
      reasonsOf(one)
        .map(({ kind }) => kind)
        .join(),
    ).values(),
  ];
  const functions = each.flatMap((alike) => alike.slice(0, 1));
  const { lives } = await livesInPlace({ estate, plan, functions });

  const unnamed = functions.flatMap((one) => {
    const life = lives.find(({ functionName }) => functionName === one.found.name);
    return reasonsOf(one)
      .filter((reason) => !isNamed(reason, life))
      .map(({ reason }) => `${one.found.name}: ${reason}, not ${JSON.stringify(life?.withheld)}`);
  });
  expect(unnamed).toEqual([]);
  expect(functions.length).toBeGreaterThan(15);
  expect(lives.flatMap(({ calls }) => Object.values(calls).flat())).toEqual([]);
}, 120_000);

/** As the controller sees them: no state of Terraform, and the sizes once nothing else is against it. */
function reasonsOf({ inPlace }: ImportedFunction): readonly TakeOverRefusal[] {
  const all = inPlace?.kind === "refused" ? inPlace.reasons : [];
  const seen = all.filter(({ reason }) => !reason.includes("has it in its state as"));
  return seen.length === 1 ? seen : seen.filter(({ kind }) => kind !== "quota");
}

function isNamed({ kind, reason }: TakeOverRefusal, life: InPlaceLife | undefined): boolean {
  const { withheld = [], end } = life ?? {};
  if (kind === "difference") return end?.status?.adoption?.state === "observed";
  // The import also counts the other functions.
  const text = reason.replace(/ \(and \d+ more functions?\)$/, "");
  return withheld.some((one) => one.includes(text));
}

/** Only Terraform is against it, and can give up a role without leaving a sign. */
function isFreeAfterTerraform({ outcome, inPlace }: ImportedFunction): boolean {
  if (outcome.kind !== "written" || inPlace === null) return false;
  return inPlace.kind === "offered" || inPlace.reasons.every(({ kind }) => kind === "terraform");
}

/** Why the function must not have ended in its stage; null: its situations explain it. */
function endProblem({ functionName, end, calls }: InPlaceLife): string | null {
  const situations = generated.functions.find(({ name }) => name === functionName)?.situations ?? [];
  const { state, needs = [] } = end.status?.adoption ?? {};
  if (state === "enforced") return null;
  const [need] = needs;
  if (need === undefined || need.fix === null) return "no next step";
  if (state === "adopted") return need.kind === "alias-version" ? null : need.kind;
  if (calls.claimed.length + calls.replaced.length > 0) return "a write without a proof";
  const isExplained =
    (need.kind === "function-need" && situations.includes("destinations")) ||
    (need.kind === "difference" && situations.includes("alias-on-old-role"));
  return isExplained ? null : need.kind;
}
