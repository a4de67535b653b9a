import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { seedBase } from "../../src/simulator/seed.ts";
import { startSimulator, type Simulator } from "../../src/simulator/simulator.ts";
import {
  addAccessKey,
  addAccount,
  addFunction,
  emptyWorld,
  type AccessKey,
} from "../../src/simulator/world.ts";
import { ACCOUNTS, ROLE, runTenSteps } from "../support/installation/ten-steps.ts";

const ROOT = join(import.meta.dirname, "../..");
const WITHIN_MS = 240_000;

let folder = "";
let simulator: Simulator;
let base: AccessKey;
let administrators: ReadonlyMap<string, AccessKey>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "ten-steps-"));
  const world = emptyWorld();
  base = seedBase(world);
  administrators = new Map(
    Object.entries(ACCOUNTS).map(([name, accountId]) => {
      addAccount(world, { id: accountId, regions: ["eu-west-1", "us-east-1"] });
      const roleArn = `arn:aws:iam::${accountId}:role/grantkeeper/${ROLE}`;
      addFunction(world, { accountId, region: "eu-west-1", name: "orders-api", roleArn });
      return [name, addAccessKey(world, { accountId, principalArn: `arn:aws:iam::${accountId}:root` })];
    }),
  );
  simulator = await startSimulator({ world });
});

afterEach(async () => {
  await simulator.close();
  await rm(folder, { recursive: true, maxRetries: 3 });
});

/** Of `aws cloudformation deploy` only what the steps use: it makes the resources of the template by calls. */
function awsCli(): readonly string[] {
  const keys = [...administrators].map(
    ([name, { id, secret }]) => `  ${name}) key='${id}' secret='${secret}' ;;`,
  );
  return [
    'profile="" file=""',
    "while [ $# -gt 0 ]; do",
    '  case "$1" in --profile) profile=$2 ;; --template-file) file=$2 ;; esac',
    "  shift",
    "done",
    'case "$profile" in',
    ...keys,
    "esac",
    `exec '${process.execPath}' '${join(ROOT, "bin/launch.mjs")}' '${join(ROOT, "test/support/installation/deploy-stack.ts")}' "$key" "$secret" '${simulator.endpoint}' "$file"`,
  ];
}

test(
  "the README's ten steps end with three accounts observed and one of them enforced",
  async () => {
    const { endpoint } = simulator;
    const { steps, code, out, accounts } = await runTenSteps({
      folder,
      endpoint,
      accessKey: base,
      aws: awsCli(),
    });

    expect(steps).toBe(10);
    expect([code, code === 0 ? "" : out]).toEqual([0, ""]);
    expect(accounts).toEqual([
      ["dev", "enforce", null],
      ["prod", "observe", null],
      ["staging", "observe", null],
    ]);
    const made = Object.values(ACCOUNTS).filter(
      (id) => simulator.world.accounts[id]?.iam.roles[ROLE] !== undefined,
    );
    expect(made).toEqual([ACCOUNTS.dev]);
  },
  WITHIN_MS,
);
