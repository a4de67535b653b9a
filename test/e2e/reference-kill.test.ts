import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { KeyRecord } from "../../src/model/keys/key-record.ts";
import { accountOf, type WorldState } from "../../src/simulator/world.ts";
import { estate, functions, keyOf, PROD, READ_ORDERS, roleNameOf } from "../support/installation/estate.ts";
import { KillCase, prepare, type Prepared } from "../support/installation/kill-case.ts";

const REGION = "eu-west-1";
const BEGUN = estate(functions(["begun"], READ_ORDERS));
const NAMED = '  grants: [{dynamodb: {table: "${stack.orders.TableName}", allow: [read]}}]\n';
const PUSHED = { ...BEGUN, ...functions(["named"], NAMED) };
const KEY = keyOf("named");
const WITHIN_MS = 60_000;

let root: string;
let prepared: Prepared;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "reference-kill-"));
  prepared = await prepare(BEGUN, PUSHED);
  deploy(prepared.world, "orders-1");
}, WITHIN_MS);
afterAll(async () => {
  await prepared.close();
  await rm(root, { recursive: true, force: true, maxRetries: 3 });
});

function deploy(world: WorldState, table: string): void {
  const id = `arn:aws:cloudformation:${REGION}:${PROD}:stack/orders/1`;
  const orders = { name: "orders", id, resources: [], outputs: { TableName: table } };
  accountOf(world, PROD).stacks = { [REGION]: { orders } };
}

const policyIn = (world: WorldState): string =>
  world.accounts[PROD]?.iam.roles[roleNameOf("named")]?.inline["grantkeeper"] ?? "none";

function readyReason({ status }: KeyRecord): string | undefined {
  return status?.conditions.find(({ type }) => type === "Ready")?.reason;
}

describe("a controller that is killed after it read the value of a reference, and before the value is pinned", () => {
  test.each([
    { death: { at: 1, when: "before" }, left: "none", because: "no write was made" },
    { death: { at: 2, when: "after" }, left: "table/orders-1", because: "the policy was written" },
  ] as const)(
    "writes the value that AWS has then only after an approval: $because",
    async ({ death, left }) => {
      const killed = await KillCase.open(prepared, join(root, death.when), "controller");
      try {
        const wasKilled = await killed.killAt({ ...death, counts: "writes" });
        deploy(killed.simulator.world, "orders-2");
        await killed.settle(KEY, (record) => readyReason(record) === "AwaitingApproval");

        expect(wasKilled).toBe(true);
        expect(policyIn(killed.simulator.world)).toContain(left);
        expect(policyIn(killed.simulator.world)).not.toContain("orders-2");
        expect(await killed.problems()).toEqual([]);
      } finally {
        await killed.close();
      }
    },
    WITHIN_MS,
  );

  test(
    "writes it without an approval if it is still the same",
    async () => {
      const killed = await KillCase.open(prepared, join(root, "same"), "controller");
      try {
        await killed.killAt({ at: 2, when: "before", counts: "writes" });
        await killed.settle(KEY, ({ applied }) => applied !== null);

        expect(policyIn(killed.simulator.world)).toContain("table/orders-1");
        expect(await killed.problems()).toEqual([]);
      } finally {
        await killed.close();
      }
    },
    WITHIN_MS,
  );
});
