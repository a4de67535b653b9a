import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { SimulatedEstate, SimulatorRequest } from "../../../../src/cli/toolbox/toolbox.ts";
import { startSimulator } from "../../../../src/compose/simulator.ts";
import { cli, type CliSetting } from "../../../support/screens/cli.ts";

const PACKAGE = new URL("../../../../package.json", import.meta.url).pathname;

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "gk-estate-"));
});

afterEach(() => rm(root, { recursive: true }));

/** The real simulator, which is stopped as soon as it runs. */
function untilReady(): CliSetting {
  const asked = new AbortController();
  return {
    signal: asked.signal,
    startSimulator: async (request: SimulatorRequest) => {
      asked.abort();
      return startSimulator(request);
    },
  };
}

test("fills a world with functions of other tools, and prints the account that reads them", async () => {
  const state = join(root, "terraform.tfstate");
  const argv = ["simulator", "--estate", "60", "--seed", "7", "--terraform-state", state];

  const lines = (await cli(argv, untilReady())).out;
  const json = (await cli([...argv, "-o", "json"], untilReady())).out;

  expect(lines).toMatch(
    /account 111122223333, eu-west-1: 60 functions, \d+ of them in special situations, \d+ roles/,
  );
  expect(lines).toContain("  kind: AwsAccount\n");
  const { estate } = JSON.parse(json) as { readonly estate: SimulatedEstate };
  expect(estate.functions).toHaveLength(60);
  expect(new Set(estate.functions.flatMap(({ situations }) => situations)).size).toBe(26);
  expect(readFileSync(state, "utf8")).toContain('"type": "aws_lambda_function"');
});

test("puts an estate into the first account of the manifests", async () => {
  const argv = ["simulator", "--dir", "manifests", "--estate", "5", "-o", "json"];
  const { out } = await cli(argv, untilReady());

  expect(JSON.parse(out)).toMatchObject({ estate: { accountId: "444455556666", manifest: null } });
});

test.each([
  [["--seed", "1"], "error: --seed needs --estate\n"],
  [["--terraform-state", "state"], "error: --terraform-state needs --estate\n"],
  [["--estate", "0"], "hint:  expected a number of functions from 1 to 5000"],
  [["--estate", "5001"], "hint:  expected a number of functions from 1 to 5000"],
  [["--estate", "1", "--seed", "-1"], "hint:  expected a whole number of at most 9 digits"],
  [["--estate", "1", "--world", PACKAGE], "the world exists already, and --estate fills only a new one"],
])("refuses %j", async (argv, message) => {
  expect((await cli(["simulator", ...argv])).err).toContain(message);
});
