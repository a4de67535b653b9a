import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { estate, PROD } from "../support/estate.ts";
import { Installation } from "../support/installation.ts";
import { functionText } from "../support/manifests.ts";

const GRANTS = "  grants: [{dynamodb: {table: orders, allow: [read, write]}}]\n";
const CALLER = "  invokedBy: [{sns: {topic: placed}}]\n";
const NAMES = ["a", "b", "c", "d"];

function files(change: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const functions = NAMES.map(
    (name) => [`teams/orders/${name}.yaml`, functionText(name, GRANTS + CALLER)] as const,
  );
  return estate({ ...Object.fromEntries(functions), ...change });
}

describe("a converged account", () => {
  let installation: Installation;

  beforeEach(async () => {
    installation = await Installation.start({ files: files() });
    await installation.converge();
  });
  afterEach(() => installation.stop());

  test("has no drift and every key is applied and read back", async () => {
    const records = await installation.store.allKeys();

    expect(records.map(({ status }) => status?.sync)).toEqual(records.map(() => "Synced"));
    expect(records.every(({ applied }) => applied !== null)).toBe(true);
    expect(await installation.holds()).toEqual([]);
  });

  test("is looked at again without a write, within the promised number of reads", async () => {
    const [writes, reads] = [installation.writes().length, installation.reads().length];

    await installation.look();

    const made = installation.reads().slice(reads);
    const regions = 2;
    const ofAwsManaged = made.filter(({ input }) => String(input["PolicyArn"]).includes("::aws:policy/"));
    expect(installation.writes()).toHaveLength(writes);
    expect(made.length - ofAwsManaged.length).toBeLessThanOrEqual(1 + 1 + regions + NAMES.length + 1);
  });

  test("changes one function's role and not a byte of any other object when one line changes", async () => {
    const others = (): string => {
      const account = structuredClone(installation.world.accounts[PROD]);
      delete account?.iam.roles["b-eu-west-1"];
      return JSON.stringify(account);
    };
    const before = others();
    const writes = installation.writes().length;

    const added = "  grants: [{dynamodb: {table: orders, allow: [read]}}]\n";
    await installation.push(files({ "teams/orders/b.yaml": functionText("b", added + CALLER) }));
    await installation.settled();

    expect(
      installation
        .writes()
        .slice(writes)
        .map(({ operation }) => operation),
    ).toEqual(["PutRolePolicy"]);
    expect(others()).toBe(before);
  });
});
