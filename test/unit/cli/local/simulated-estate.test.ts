import { ownDeclaredPolicies } from "../../../../src/aws/own/declared.ts";
import { compile } from "../../../../src/manifest/compile/compile.ts";
import { BASE_ROLE } from "../../../../src/simulator/seed.ts";
import type { WorldState } from "../../../../src/simulator/world.ts";
import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { SimulatedEstate, SimulatorRequest } from "../../../../src/cli/toolbox/simulation.ts";
import { startLocalSimulator } from "../../../../src/compose/simulator.ts";
import { accountText, COMPILE_CONTEXT, functionText, parseText } from "../../../support/manifests.ts";
import { BOUNDARY } from "../../../support/installation/estate.ts";
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
      return startLocalSimulator(request);
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

test("starts again with manifests of the functions of its estate, which keep their roles", async () => {
  const account = accountText("prod", "111122223333").replace("  boundary: platform-default\n", "");
  await mkdir(join(root, "platform"));
  await writeFile(join(root, "platform/account.yaml"), account.replace("mode: enforce", "mode: observe"));
  const argv = ["simulator", "--dir", root, "--estate", "5", "-o", "json"];
  const before = estateIn((await cli(argv, untilReady())).out);
  const [first] = before.functions;
  const manifest = functionText("first", `  function: ${first?.name ?? ""}\n`);
  await mkdir(join(root, "teams/orders"), { recursive: true });
  await writeFile(join(root, "teams/orders/first.yaml"), manifest);

  const { out, code } = await cli(argv, untilReady());

  expect(code).toBe(0);
  expect(estateIn(out).functions).toEqual(before.functions);
});

function estateIn(out: string): SimulatedEstate {
  return (JSON.parse(out) as { readonly estate: SimulatedEstate }).estate;
}

const RECORDED = {
  RoleDetailList: [
    {
      Path: "/",
      RoleName: "r",
      RoleId: "AROA234567ABCDEFGHIJK",
      Arn: "arn:aws:iam::555566667777:role/r",
      CreateDate: "2026-01-01T00:00:00+00:00",
      AssumeRolePolicyDocument: { Version: "2012-10-17", Statement: [] },
      RolePolicyList: [],
    },
  ],
};

test("replays a recorded account, and prints what it contains", async () => {
  const details = join(root, "details.json");
  await writeFile(details, JSON.stringify(RECORDED));

  const { code, out } = await cli(["simulator", "--replay", details], untilReady());

  expect(code).toBe(0);
  expect(out).toContain("account 555566667777, us-east-1: 0 functions, 2 roles\nloaded: roles 1, ");
  expect(out).toContain("not recorded, so denied: cloudformation:*, ");
  expect(out).toContain('  id: "555566667777"\n');
});

test("names the place of a mistake in a recording", async () => {
  const details = join(root, "details.json");
  await writeFile(details, JSON.stringify({ RoleDetailList: [{}] }));

  expect(await cli(["simulator", "--replay", details], untilReady())).toMatchObject({
    code: 1,
    err: `error: ${details}: RoleDetailList[0].RoleName: expected a name of IAM, not nothing\nhint:  docs/simulator.md shows how to record an account\n`,
  });
});

test("refuses a recording of an account that the manifests do not declare", async () => {
  const details = join(root, "details.json");
  await writeFile(details, JSON.stringify(RECORDED));

  const { err } = await cli(["simulator", "--dir", "manifests", "--replay", details], untilReady());

  expect(err).toContain("error: the manifests declare no account 555566667777, which was recorded\n");
});

test.each([
  [["--seed", "1"], "error: --seed needs --estate\n"],
  [["--terraform-state", "state"], "error: --terraform-state needs --estate\n"],
  [["--estate", "1", "--replay", "x"], "error: a world has an estate or a recording\n"],
  [["--replay", PACKAGE, "--world", PACKAGE], "the world exists already, and --replay fills only a new one"],
  [["--estate", "0"], "hint:  expected a number of functions from 1 to 5000"],
  [["--estate", "5001"], "hint:  expected a number of functions from 1 to 5000"],
  [["--estate", "1", "--seed", "-1"], "hint:  expected a whole number of at most 9 digits"],
  [["--estate", "1", "--world", PACKAGE], "the world exists already, and --estate fills only a new one"],
])("refuses %j", async (argv, message) => {
  expect((await cli(["simulator", ...argv])).err).toContain(message);
});

test.each([
  { because: "accounts without functions", estate: [] },
  { because: "accounts with an estate", estate: ["--estate", "5"] },
])("gives the writers of $because the printed instance", async ({ estate }) => {
  await mkdir(join(root, "platform"));
  await writeFile(join(root, "platform/account.yaml"), accountText("prod", "111122223333"));
  await writeFile(join(root, "platform/boundary.yaml"), BOUNDARY);
  const world = join(root, "world.json");

  const { out } = await cli(["simulator", "--dir", root, "--world", world, ...estate], untilReady());

  expect(out).toContain("  # grantkeeper.yaml\n  instance: local\n");
  const writer = policyIn(world, "writer");
  expect(writer).toContain('RequestTag/grantkeeper.dev/instance":"local"');
  expect(writer).not.toContain('grantkeeper.dev/instance":""');
});

test("gives the observer of an estate the policy that its printed manifest needs", async () => {
  const world = join(root, "world.json");
  const { out } = await cli(["simulator", "--estate", "5", "--world", world, "-o", "json"], untilReady());
  const manifest = estateIn(out).manifest ?? "";
  const { desired } = compile([parseText("platform/accounts.yaml", manifest)], COMPILE_CONTEXT);
  const needed = ownDeclaredPolicies(desired, BASE_ROLE);

  expect(JSON.parse(policyIn(world, "simulated-observer"))).toMatchObject({
    Statement: needed.policy("111122223333", "observer"),
  });
});

/** The inline policy of a role in a saved world. */
function policyIn(world: string, role: string): string {
  const { accounts } = JSON.parse(readFileSync(world, "utf8")) as WorldState;
  const inline = accounts["111122223333"]?.iam.roles[role]?.inline ?? {};
  return Object.values(inline).join("\n");
}
