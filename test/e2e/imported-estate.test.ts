import { afterEach, expect, test } from "@jest/globals";
import type { Files } from "../../demo/manifests.ts";
import { addEstate } from "../../src/simulator/estate/estate.ts";
import type { WorldState } from "../../src/simulator/world.ts";
import { importPlan } from "../support/adopt/import.ts";
import { BOUNDARY } from "../support/installation/estate.ts";
import { Installation } from "../support/installation/installation.ts";
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

const addFunctions = (world: WorldState): void =>
  void addEstate(world, { accountId: ACCOUNT, region: REGION, functions: 30, seed: 7 });

let installation: Installation;
afterEach(() => installation.stop());

/** The manifests of an import, in the mode and with the binder that may write most. */
async function importedFiles(): Promise<Files> {
  const world = await startAwsWorld(addFunctions);
  try {
    const { files } = importPlan(await readEstate(world));
    return Object.fromEntries(
      files.map(({ path, text }) => [
        path,
        text.replace("\n  mode: observe\n", "\n  mode: enforce\n  functionRole: manage\n"),
      ]),
    );
  } finally {
    await world.stop();
  }
}

test("an imported estate in enforce mode has no writing call before the first approval, also after a manifest is removed and after a restart", async () => {
  const files = { ...PLATFORM, ...(await importedFiles()) };
  installation = await Installation.start({
    files,
    worldOf: PLATFORM,
    seed: ({ world }) => addFunctions(world),
  });
  const account = (): string => JSON.stringify(installation.world.accounts[ACCOUNT]);
  const before = account();
  await installation.settled();
  const [removed = ""] = Object.keys(files).filter((path) => path.startsWith("teams/"));
  await installation.push(Object.fromEntries(Object.entries(files).filter(([path]) => path !== removed)));
  await installation.settled();
  await installation.restart();
  await installation.settled();
  await installation.look();
  const seen = { writes: installation.writes(), isUnchanged: account() === before };
  const pending = await installation.holds();
  await installation.converge();

  expect(Object.keys(files).length).toBeGreaterThan(25);
  expect(seen).toEqual({ writes: [], isUnchanged: true });
  expect(pending.length).toBeGreaterThan(0);
  expect(new Set(installation.writes().map(({ operation }) => operation))).toContain("CreateRole");
}, 120_000);
