import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Estate } from "../../../src/adopt/estate/estate.ts";
import type { ImportPlan } from "../../../src/adopt/manifests/plan-import.ts";
import { permissionFor } from "../../../src/aws/calls/permissions.ts";
import type { ApiFamily, AwsCall } from "../../../src/aws/calls/calls.ts";
import { DEFAULT_BUDGETS } from "../../../src/aws/requests/budgets.ts";
import { isGuardRule } from "../../../src/model/rules/guard-rules.ts";
import { addEstate } from "../../../src/simulator/estate/estate.ts";
import { ESTATE_ACCOUNT_TEXT, importPlan } from "../../support/adopt/import.ts";
import { cli } from "../../support/screens/cli.ts";
import { ACCOUNT, REGION, startAwsWorld, type AwsWorld } from "./aws-world.ts";
import { readEstate, recognisedShare, sampledOf } from "./imported-estate.ts";

/** Of the seeds that were measured, the one with the smallest share of grants. */
const SEED = 11;

describe("the import of an estate of 3,000 functions", () => {
  let world: AwsWorld;
  let before: string;
  let estate: Estate;
  let plan: ImportPlan;
  beforeAll(async () => {
    world = await startAwsWorld((state) => {
      addEstate(state, { accountId: ACCOUNT, region: REGION, functions: 3_000, seed: SEED });
    });
    before = JSON.stringify(world.world.accounts);
    estate = await readEstate(world);
    plan = importPlan(estate);
  }, 600_000);
  afterAll(() => world.stop());

  test("makes only reading calls, and leaves every account as it was", () => {
    expect(Object.keys(world.reads()).filter((call) => !/:(Describe|Get|List)[A-Z]/.test(call))).toEqual([]);
    expect(JSON.stringify(world.world.accounts)).toBe(before);
  });

  test("asks for each part once, and is within the rates of AWS in less than 35 minutes", () => {
    const reads = world.reads();
    const aliases = estate.functions.flatMap((one) =>
      one.aliases.kind === "known" ? one.aliases.value : [],
    );
    const stacks = estate.roleStacks.kind === "known" ? [...estate.roleStacks.value.values()] : [];
    const targets = estate.eventRules.kind === "known" ? estate.eventRules.value.size : 0;
    const askedRegions = stacks.reduce((sum, { regions }) => sum + regions.length, 0);

    expect(reads).toMatchObject({
      "lambda:ListAliases": 3_000,
      "lambda:ListEventSourceMappings": 3_000,
      "lambda:ListFunctionEventInvokeConfigs": 3_000,
      "lambda:GetPolicy": 3_000 + aliases.length,
      "cloudformation:DescribeStackResources": 1 + askedRegions,
      // On each of two event buses.
      "events:ListRuleNamesByTarget": 2 * targets,
    });
    expect(targets).toBeGreaterThan(40);
    const listings = Object.entries(reads).filter(([call]) => !(call in ONCE_FOR_EACH));
    expect(listings.reduce((sum, [, count]) => sum + count, 0)).toBeLessThan(150);
    expect(Math.max(...minutesByFamily(reads).values())).toBeLessThan(35);
  });

  test("writes manifests in which validate finds no problem but rules that the functions break today", async () => {
    const wrong = plan.compilation.diagnostics.filter(({ severity }) => severity === "error");
    const found = await validated(plan);

    expect([wrong, plan.compilation.invalid.size]).toEqual([[], 0]);
    expect(found.documents).toBe(plan.files.length + 1);
    // The line above counts the problems that validate does not list: the compiler has no errors.
    const others = found.diagnostics.filter(({ code }) => !isGuardRule(code) && code !== "more-findings");
    expect(others).toEqual([]);
  }, 300_000);

  test("leaves out only functions of Lambda@Edge and those that were not read completely", () => {
    const left = plan.functions.filter(({ outcome }) => outcome.kind !== "written");

    expect(plan.functions).toHaveLength(3_000);
    expect(new Set(left.map(({ outcome }) => outcome.kind))).toEqual(new Set(["excluded", "unknown"]));
    expect(left.length).toBeLessThan(3_000 / 20);
  });

  test("recognises nine of ten statements as grants", () => {
    expect(recognisedShare(plan)).toBeGreaterThan(0.9);
  });

  test("calls no function equal of which an evaluation answers a request differently", async () => {
    const { asked, differing } = await sampledOf(plan, estate);

    expect(differing).toEqual([]);
    expect(asked).toBeGreaterThan(50_000);
  }, 600_000);
});

const ONCE_FOR_EACH: Readonly<Partial<Record<AwsCall, "function" | "alias" | "role" | "target">>> = {
  "lambda:ListAliases": "function",
  "lambda:ListEventSourceMappings": "function",
  "lambda:ListFunctionEventInvokeConfigs": "function",
  "lambda:GetPolicy": "alias",
  "cloudformation:DescribeStackResources": "role",
  "events:ListRuleNamesByTarget": "target",
};

/** How long the calls take at the pace of the default budgets; the families are called at the same time. */
function minutesByFamily(reads: Readonly<Record<string, number>>): ReadonlyMap<ApiFamily, number> {
  const minutes = new Map<ApiFamily, number>();
  for (const [call, count] of Object.entries(reads)) {
    const { family } = permissionFor(call as AwsCall);
    if (family === null) throw new Error(`${call} has no budget`);
    minutes.set(family, (minutes.get(family) ?? 0) + count / DEFAULT_BUDGETS[family] / 60);
  }
  return minutes;
}

interface Validation {
  readonly documents: number;
  readonly diagnostics: readonly { readonly code: string }[];
}

/** What `grantkeeper validate` shows of the written files. */
async function validated({ files }: ImportPlan): Promise<Validation> {
  const root = await mkdtemp(join(tmpdir(), "gk-import-"));
  try {
    for (const { path, text } of [{ path: "platform/accounts.yaml", text: ESTATE_ACCOUNT_TEXT }, ...files]) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), text);
    }
    return JSON.parse((await cli(["validate", root, "-o", "json"])).out) as Validation;
  } finally {
    await rm(root, { recursive: true });
  }
}
