import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import {
  CALLED_BY_TOPIC,
  estate,
  functions,
  PROD,
  READ_ORDERS,
  roleNameOf,
  WRITE_ORDERS,
} from "../support/installation/estate.ts";
import { Installation } from "../support/installation/installation.ts";
import { allKeys } from "../support/record/all-keys.ts";

const NAMES = ["a", "b", "c", "d"];
const FILES = estate(functions(NAMES, WRITE_ORDERS + CALLED_BY_TOPIC));

describe("a converged account", () => {
  let installation: Installation;

  beforeEach(async () => {
    installation = await Installation.start({ files: FILES });
    await installation.converge();
  });
  afterEach(() => installation.stop());

  test("has no drift and every key is applied and read back", async () => {
    const records = await allKeys(installation.store);

    expect(records.map(({ status }) => status?.sync)).toEqual(records.map(() => "Synced"));
    expect(records.every(({ applied }) => applied !== null)).toBe(true);
    expect(await installation.holds()).toEqual([]);
  });

  test("is read again without a write, within the promised number of reads", async () => {
    const [writes, reads] = [installation.writes().length, installation.reads().length];

    await installation.look();

    // Coverage reads the tags of functions at its own times.
    const made = installation
      .reads()
      .slice(reads)
      .filter(({ operation }) => operation !== "GetResources");
    const regions = 2;
    const ofAwsManaged = made.filter(({ input }) => String(input["PolicyArn"]).includes("::aws:policy/"));
    expect(installation.writes()).toHaveLength(writes);
    // Of each function its policy and its aliases.
    expect(made.length - ofAwsManaged.length).toBeLessThanOrEqual(1 + 1 + regions + NAMES.length * 2 + 1);
  });

  test("changes one function's role and not a byte of any other object when one line changes", async () => {
    const others = (): string => {
      const account = structuredClone(installation.world.accounts[PROD]);
      delete account?.iam.roles[roleNameOf("b")];
      return JSON.stringify(account);
    };
    const before = others();
    const writes = installation.writes().length;

    await installation.push({ ...FILES, ...functions(["b"], READ_ORDERS + CALLED_BY_TOPIC) });
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
