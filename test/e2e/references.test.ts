import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { accountOf } from "../../src/simulator/world.ts";
import {
  estate,
  functions,
  keyOf,
  PROD,
  READ_ORDERS,
  roleNameOf,
  type Estate,
} from "../support/installation/estate.ts";
import { Installation } from "../support/installation/installation.ts";

const REGION = "eu-west-1";
const KEY = keyOf("f1");
const FILES = estate(
  functions(["f1"], '  grants: [{dynamodb: {table: "${stack.orders.TableName}", allow: [read]}}]\n'),
);

let installation: Installation;

function deployed(table: string, stack = "1"): NonNullable<ReturnType<typeof accountOf>["stacks"]> {
  const id = `arn:aws:cloudformation:${REGION}:${PROD}:stack/orders/${stack}`;
  return { [REGION]: { orders: { name: "orders", id, resources: [], outputs: { TableName: table } } } };
}

function deploy(table: string): void {
  accountOf(installation.world, PROD).stacks = deployed(table);
}

function deny(action: string | null): void {
  const account = accountOf(installation.world, PROD);
  if (action === null) delete account.denials;
  else {
    const Statement = [{ Effect: "Deny", Action: action, Resource: "*" }];
    account.denials = JSON.stringify({ Version: "2012-10-17", Statement });
  }
}

const policy = (): string | undefined =>
  installation.world.accounts[PROD]?.iam.roles[roleNameOf("f1")]?.inline["grantkeeper"];
const ready = async () => installation.condition(KEY, "Ready");
const reasons = async (): Promise<readonly string[]> =>
  (await installation.holds()).map(({ code, reason }) => `${code}: ${reason}`);

beforeEach(async () => {
  installation = await Installation.start({
    files: FILES,
    worldOf: estate(functions(["f1"], READ_ORDERS)),
    seed: ({ world }: Estate) => {
      accountOf(world, PROD).stacks = deployed("orders-1");
    },
  });
  await installation.converge();
});
afterEach(() => installation.stop());

describe("a table that the output of a stack names", () => {
  test("is granted by its name, and another one only after an approval", async () => {
    expect(policy()).toContain("table/orders-1");
    deploy("orders-2");
    await installation.settled();
    const held = [await reasons(), policy()];
    await installation.approveAll();
    await installation.settled();

    expect(held[0]).toEqual([
      'reference-changed: stack.orders.TableName changed from "orders-1" to "orders-2" in AWS, without a commit',
    ]);
    expect(held[1]).not.toContain("orders-2");
    expect(policy()).not.toContain("orders-1");
    expect(await reasons()).toEqual([]);
    expect(await ready()).toMatchObject({ status: "True", reason: "ReconciliationSucceeded" });
  });

  test("stays granted while the stack is gone, and if it is created again it needs an approval", async () => {
    const applied = policy();
    accountOf(installation.world, PROD).stacks = {};
    await installation.settled();
    await installation.restart();
    await installation.settled();
    const role = installation.world.accounts[PROD]?.iam.roles[roleNameOf("f1")];
    if (role !== undefined) delete role.inline["grantkeeper"];
    await installation.settled();

    expect(policy()).toBe(applied);
    expect(await ready()).toMatchObject({
      status: "False",
      reason: "ReferenceNotResolved",
      message: expect.stringContaining("there is no stack orders"),
    });
    expect(await reasons()).toEqual([]);
    const writes = installation.writes().length;
    accountOf(installation.world, PROD).stacks = deployed("orders-1", "2");
    await installation.settled();
    expect(await reasons()).toEqual([
      "reference-changed: stack.orders.TableName has the same value, but the stack was deleted and created again, and its ID changed from 1 to 2 in AWS, without a commit",
    ]);
    await installation.approveAll();
    await installation.settled();
    expect([await reasons(), installation.writes().length]).toEqual([[], writes]);
    expect(await ready()).toMatchObject({ status: "True" });
  });

  test("stays granted while the read is denied, and is used again when it is allowed", async () => {
    const writes = installation.writes().length;
    deny("cloudformation:DescribeStacks");
    await installation.settled();
    const message = (await ready())?.message;
    deny(null);
    // A denied call is tried again after half a minute, or by a new process.
    await installation.restart();
    await installation.settled();

    expect(message).toContain("cloudformation:DescribeStacks stack/orders");
    expect(installation.writes().length).toBe(writes);
    expect(policy()).toContain("table/orders-1");
    expect(await ready()).toMatchObject({ status: "True" });
  });
});
