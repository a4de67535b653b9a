import { afterEach, expect, test } from "@jest/globals";
import { desiredOf } from "../../demo/manifests.ts";
import type { ImportedFunction, ImportPlan } from "../../src/adopt/manifests/plan-import.ts";
import { isTagOfTerraform } from "../../src/model/aws/deployer-tags.ts";
import { addEstate } from "../../src/simulator/estate/estate.ts";
import type { WorldState } from "../../src/simulator/world.ts";
import { importPlan } from "../support/adopt/import.ts";
import { DEPLOYED_LATER } from "../support/adopt/real-deeds.ts";
import { liveOfWorld } from "../support/adopt/world-live.ts";
import { WorldWatch } from "../support/adopt/world-watch.ts";
import { FC_RUNS } from "../support/fc-runs.ts";
import { AdoptionTurmoil } from "../support/installation/adoption-turmoil.ts";
import { INSTANCE } from "../support/installation/compose.ts";
import { estateWorld } from "../support/installation/estate.ts";
import { ACCOUNT, REGION, startAwsWorld } from "../wire/aws/aws-world.ts";
import { watchedIn } from "../wire/aws/imported-access.ts";
import { readEstate } from "../wire/aws/imported-estate.ts";
import { filesInBothWays, groupsOf } from "../wire/aws/imported-in-place.ts";

/** A small estate in each run of the suite; with more runs the 500 functions. */
const IS_COMPLETE = FC_RUNS > 200;
const FUNCTIONS = IS_COMPLETE ? 500 : 30;
const PLACE = { accountId: ACCOUNT, region: REGION };

let turmoil: AdoptionTurmoil;
afterEach(() => turmoil.close());

/** An estate whose roles Terraform has given up, and no tag shows it any more. */
function addGivenUpEstate(world: WorldState): void {
  addEstate(world, { ...PLACE, functions: FUNCTIONS, seed: 7 });
  for (const role of Object.values(world.accounts[ACCOUNT]?.iam.roles ?? {}))
    role.tags = role.tags.filter(({ Key: key, Value: value }) => !isTagOfTerraform({ key, value }));
}

async function imported(): Promise<ImportPlan> {
  const world = await startAwsWorld(addGivenUpEstate);
  try {
    return importPlan(await readEstate(world));
  } finally {
    await world.stop();
  }
}

const isOffered = ({ inPlace }: ImportedFunction): boolean => inPlace?.kind === "offered";

test(
  "no function loses a permission at any call while all are adopted by processes that are killed, with throttled and lost calls and another tool that deploys; nothing is written without tags, and the record explains each write",
  async () => {
    const plan = await imported();
    const functions = plan.functions.filter(({ outcome }) => outcome.kind === "written");
    const [inPlace = []] = groupsOf(functions.filter(isOffered));
    const files = filesInBothWays({ plan, functions }, inPlace);
    const estate = estateWorld(
      Object.fromEntries(Object.entries(files).filter(([path]) => path.startsWith("platform/"))),
    );
    addGivenUpEstate(estate.world);
    const desired = desiredOf(files, INSTANCE);
    const bindings = [...desired.bindings.values()];
    turmoil = await AdoptionTurmoil.start({
      estate,
      files,
      bindings,
      place: PLACE,
      seed: 1,
      writesPerKill: IS_COMPLETE ? 50 : 20,
    });
    const watch = new WorldWatch(turmoil.simulator, {
      place: PLACE,
      functions: watchedIn(desired, liveOfWorld(estate.world, PLACE)),
      bindings,
      asked: [DEPLOYED_LATER],
    });
    await turmoil.run(watch, { rough: IS_COMPLETE ? 8 : 6, calm: 2 });
    if (IS_COMPLETE)
      process.stderr.write(
        `${FUNCTIONS} functions, ${functions.length} of them imported: ${turmoil.summary()}; ${watch.losses.length} lost permissions of ${watch.asked}\n`,
      );

    expect(watch.losses.slice(0, 5)).toEqual([]);
    expect(watch.violations.slice(0, 5)).toEqual([]);
    expect((await turmoil.problems()).slice(0, 5)).toEqual([]);
    expect(watch.asked).toBeGreaterThan(5 * functions.length);
    expect(turmoil.kills).toBeGreaterThan(2);
    expect(turmoil.faults).toBeGreaterThan(5);
    expect(turmoil.deeds).toBeGreaterThan(functions.length);
    expect(watch.adopted().switched).toBeGreaterThan(0.4 * functions.length);
    expect(watch.adopted().inPlace).toBeGreaterThan(0.4 * inPlace.length);
  },
  IS_COMPLETE ? 1_800_000 : 400_000,
);
