import { afterEach, expect, test } from "@jest/globals";
import type { ImportedFunction, ImportPlan } from "../../src/adopt/manifests/plan-import.ts";
import type { Clock } from "../../src/controller/ports/clock.ts";
import { isTagOfTerraform } from "../../src/model/aws/deployer-tags.ts";
import { nameInArn } from "../../src/model/aws/arn.ts";
import { addEstate } from "../../src/simulator/estate/estate.ts";
import type { WorldState } from "../../src/simulator/world.ts";
import { importPlan } from "../support/adopt/import.ts";
import { RoleAccess } from "../support/adopt/role-access.ts";
import { FC_RUNS } from "../support/fc-runs.ts";
import { CLOCK } from "../support/installation/compose.ts";
import { Installation } from "../support/installation/installation.ts";
import { allKeys } from "../support/record/all-keys.ts";
import { ACCOUNT, REGION, startAwsWorld } from "../wire/aws/aws-world.ts";
import { readEstate } from "../wire/aws/imported-estate.ts";
import { filesInPlace, groupsOf } from "../wire/aws/imported-in-place.ts";

const HOUR_MS = 3_600_000;
/** Some situations in each run of the suite; with more runs each one, and every two that can meet. */
const IS_COMPLETE = FC_RUNS > 200;
const FUNCTIONS = IS_COMPLETE ? 606 : 40;

let offsetMs = 0;
const clock: Clock = { ...CLOCK, nowMs: () => CLOCK.nowMs() + offsetMs };
let installation: Installation;
afterEach(() => installation.stop());

/** An estate whose roles Terraform has given up, and no tag shows it any more. */
function addGivenUpEstate(world: WorldState): void {
  addEstate(world, { accountId: ACCOUNT, region: REGION, functions: FUNCTIONS, seed: 7 });
  for (const role of rolesOf(world))
    role.tags = role.tags.filter(({ Key: key, Value: value }) => !isTagOfTerraform({ key, value }));
}

type Role = ReturnType<typeof rolesOf>[number];

function rolesOf(world: WorldState) {
  return Object.values(world.accounts[ACCOUNT]?.iam.roles ?? {});
}

/** What `import` offers to take over, by the calls that it makes. */
async function imported(): Promise<ImportPlan> {
  const world = await startAwsWorld(addGivenUpEstate);
  try {
    return importPlan(await readEstate(world));
  } finally {
    await world.stop();
  }
}

const isOffered = ({ inPlace }: ImportedFunction): boolean => inPlace?.kind === "offered";
const written = (from: number) => installation.writes().slice(from);
const stages = async (): Promise<readonly unknown[]> =>
  (await allKeys(installation.store)).flatMap(({ status }) => status?.adoption?.state ?? []);
const without = ({ tags: _tags, ...role }: Role): Omit<Role, "tags"> => role;

/** Of one account: the stages of the take-over, each with the calls that it made. */
async function takeOver(plan: ImportPlan, functions: readonly ImportedFunction[]) {
  const files = filesInPlace({ plan, functions }, "enforce");
  installation = await Installation.start({
    files,
    // The writer may change exactly the listed roles; the functions are those of the estate.
    worldOf: Object.fromEntries(Object.entries(files).filter(([path]) => path.startsWith("platform/"))),
    seed: ({ world }) => addGivenUpEstate(world),
    clock,
    withinMs: IS_COMPLETE ? 1_800_000 : 120_000,
  });
  const names = functions.map(({ found }) => nameInArn(found.roleArn));
  const access = new RoleAccess(installation.simulator, ACCOUNT, names);
  const role = (name: string): Role => {
    const found = rolesOf(installation.world).find((one) => one.name === name);
    if (found === undefined) throw new Error(`role ${name} is gone`);
    return found;
  };
  const before = JSON.stringify(rolesOf(installation.world));
  await installation.settled();
  offsetMs += 25 * HOUR_MS;
  await installation.look();
  const early = { calls: written(0), isUnchanged: JSON.stringify(rolesOf(installation.world)) === before };
  await installation.approveAll();
  await installation.settled();
  const claimed = written(0).map(({ operation }) => operation);
  await installation.approveAll();
  await installation.settled();
  const enforced = installation.writes().length;
  await installation.look();
  const silent = written(enforced);
  const ended = await stages();
  const documents = names.map((name) => without(structuredClone(role(name))));
  await installation.converge(filesInPlace({ plan, functions }, "release"));
  const released = names.map((name) => without(structuredClone(role(name))));
  access.end();
  return { early, claimed, ended, enforced, silent, documents, released, access };
}

test(
  "the roles that an import offers are taken over in place by real calls: nothing before an approval, tags first, no permission lost at any write, silent in the second pass, and released with its documents",
  async () => {
    const plan = await imported();
    const groups = groupsOf(plan.functions.filter(isOffered));
    for (const functions of groups) {
      const found = await takeOver(plan, functions);

      expect(found.early).toEqual({ calls: [], isUnchanged: true });
      expect(new Set(found.claimed)).toEqual(new Set(["TagRole"]));
      expect(found.ended.filter((stage) => stage === "enforced").length).toBeGreaterThan(
        functions.length / 2,
      );
      expect(found.enforced).toBeGreaterThan(found.claimed.length);
      expect(found.access.asked).toBeGreaterThan(functions.length);
      expect(found.access.losses).toEqual([]);
      expect(found.silent).toEqual([]);
      expect(found.released).toEqual(found.documents);
      if (functions !== groups.at(-1)) await installation.stop();
    }
    expect(groups.flat().length).toBeGreaterThan(7);
  },
  IS_COMPLETE ? 1_800_000 : 120_000 + FC_RUNS * 2_000,
);
