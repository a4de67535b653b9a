import { afterEach, expect, test } from "@jest/globals";
import type { Files } from "../../demo/manifests.ts";
import { INSTANCE_TAG, OWNER_TAG } from "../../src/model/aws/tag.ts";
import { addEstate } from "../../src/simulator/estate/estate.ts";
import type { WorldState } from "../../src/simulator/world.ts";
import { importPlan } from "../support/adopt/import.ts";
import { BOUNDARY } from "../support/installation/estate.ts";
import { Installation } from "../support/installation/installation.ts";
import { FC_RUNS } from "../support/fc-runs.ts";
import { accountText } from "../support/manifests.ts";
import { ACCOUNT, REGION, startAwsWorld } from "../wire/aws/aws-world.ts";
import { readEstate } from "../wire/aws/imported-estate.ts";

const BINDER = `  functionRole: manage
  binder: {role: "arn:aws:iam::${ACCOUNT}:role/grantkeeper-system/binder", externalId: gk-test}
`;
/** The account may write everything that a mode or an identity allows, and its boundary permits everything. */
const PLATFORM: Files = {
  "platform/accounts.yaml": accountText("orders-prod", ACCOUNT, BINDER),
  "platform/boundary.yaml": BOUNDARY.replace(/Action: .*/, `Action: "*"`),
};

/** Some situations in each run of the suite; with more runs each one, and every two that can meet. */
const IS_COMPLETE = FC_RUNS > 200;
const FUNCTIONS = IS_COMPLETE ? 606 : 30;
const WITHIN_MS = IS_COMPLETE ? 1_800_000 : 120_000;

const addFunctions = (world: WorldState): void =>
  void addEstate(world, { accountId: ACCOUNT, region: REGION, functions: FUNCTIONS, seed: 7 });

let installation: Installation;
afterEach(() => installation.stop());

/** The manifests of an import, with the binder that may write most. */
async function importedFiles(mode: "enforce" | "release"): Promise<Files> {
  const world = await startAwsWorld(addFunctions);
  try {
    const { files } = importPlan(await readEstate(world));
    return Object.fromEntries(
      files.map(({ path, text }) => [
        path,
        text.replace("\n  mode: observe\n", `\n  mode: ${mode}\n  functionRole: manage\n`),
      ]),
    );
  } finally {
    await world.stop();
  }
}

type Role = NonNullable<ReturnType<typeof rolesOf>[string]>;

function rolesOf() {
  return installation.world.accounts[ACCOUNT]?.iam.roles ?? {};
}

const isOwnerTag = (key: string): boolean => key === INSTANCE_TAG || key === OWNER_TAG;
const without = ({ tags: _tags, ...role }: Role): Omit<Role, "tags"> => role;
const bytesOf = (names: readonly string[]): string =>
  JSON.stringify(names.map((name) => [name, rolesOf()[name]]));
const switched = (): number =>
  Object.values(installation.world.accounts[ACCOUNT]?.lambda[REGION]?.functions ?? {}).filter(
    ({ versions }) => versions["$LATEST"]?.Role.includes(":role/grantkeeper/"),
  ).length;

test(
  "an imported estate in enforce mode has no writing call before the first approval, also after a manifest is removed and after a restart; then its functions switch, the second pass is silent, old roles keep their bytes, and a release leaves every document",
  async () => {
    const files = { ...PLATFORM, ...(await importedFiles("enforce")) };
    installation = await Installation.start({
      files,
      worldOf: PLATFORM,
      seed: ({ world }) => addFunctions(world),
      withinMs: WITHIN_MS,
    });
    const account = (): string => JSON.stringify(installation.world.accounts[ACCOUNT]);
    const before = account();
    const former = Object.keys(rolesOf());
    const formerBytes = bytesOf(former);
    await installation.settled();
    const [removed = ""] = Object.keys(files).filter((path) => path.startsWith("teams/"));
    await installation.push(Object.fromEntries(Object.entries(files).filter(([path]) => path !== removed)));
    await installation.settled();
    await installation.restart();
    await installation.settled();
    await installation.look();
    const seen = { writes: installation.writes(), isUnchanged: account() === before };
    const pending = await installation.holds();
    // The roles are created first; their functions switch by another approval.
    await installation.converge();
    await installation.converge();
    const [enforced, moved] = [installation.writes().length, switched()];
    await installation.look();
    const silent = installation.writes().slice(enforced);
    const created = Object.keys(rolesOf()).filter((name) => !former.includes(name));
    const documents = created.map((name) => without(structuredClone(rolesOf()[name] as Role)));
    await installation.converge({ ...PLATFORM, ...(await importedFiles("release")) });
    const released = created.map((name) => rolesOf()[name] as Role);

    expect(Object.keys(files).length).toBeGreaterThan(25);
    expect(seen).toEqual({ writes: [], isUnchanged: true });
    expect(pending.length).toBeGreaterThan(0);
    expect(new Set(installation.writes().map(({ operation }) => operation))).toContain("CreateRole");
    expect(moved).toBeGreaterThan(FUNCTIONS / 3);
    expect(silent).toEqual([]);
    expect(released.map(without)).toEqual(documents);
    expect(released.flatMap(({ tags }) => tags.map(({ Key }) => Key)).filter(isOwnerTag)).toEqual([]);
    expect(bytesOf(former)).toBe(formerBytes);
  },
  2 * WITHIN_MS,
);
