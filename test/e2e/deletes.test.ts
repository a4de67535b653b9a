import { UpdateFunctionConfigurationCommand } from "@aws-sdk/client-lambda";
import { afterEach, describe, expect, test } from "@jest/globals";
import { addRole } from "../../src/simulator/world.ts";
import type { Namespace, Region } from "../../src/model/aws/ids.ts";
import type { Files } from "../../demo/manifests.ts";
import {
  CALLED_BY_TOPIC,
  estate,
  functions,
  PROD,
  READ_ORDERS,
  roleNameOf,
} from "../support/installation/estate.ts";
import { Installation } from "../support/installation/installation.ts";
import { TestClock } from "../support/fakes/test-clock.ts";
import { allKeys } from "../support/record/all-keys.ts";

const SPEC = READ_ORDERS + CALLED_BY_TOPIC;
const DELETED = `${SPEC}  deletionPolicy: delete\n`;
const STAYING = functions(["stays"], SPEC);
const HOUR_MS = 3_600_000;
const SEES_EVERYTHING = {
  asker: "dana",
  seesEverything: true,
  sees: () => true,
  hides: () => false,
  hidesFunction: () => false,
};

describe("a manifest that leaves git", () => {
  let installation: Installation;
  let clock: TestClock;
  afterEach(() => installation.stop());

  const begin = async (leaving: Files, deletes = 3): Promise<void> => {
    clock = new TestClock();
    installation = await Installation.start({
      files: estate({ ...STAYING, ...leaving }),
      limits: { deletes, changedCount: 10, changedShare: 0.2 },
      clock,
      seed: ({ world }) => void addRole(world, { accountId: PROD, name: "elsewhere" }),
    });
    await installation.converge();
  };
  const release = async (name: string): Promise<void> => {
    const { lambda } = installation.consoleOf(PROD);
    const Role = `arn:aws:iam::${PROD}:role/elsewhere`;
    await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: name, Role }));
  };
  /** Two sweeps that are an interval apart must agree. */
  const twoSweeps = async (): Promise<void> => {
    await installation.settled();
    clock.advance(2 * HOUR_MS);
    await installation.settled();
    clock.advance(2 * HOUR_MS);
    await installation.settled();
  };
  const roles = (): readonly string[] => Object.keys(installation.world.accounts[PROD]?.iam.roles ?? {});
  const orphans = async (): Promise<readonly string[]> =>
    (await installation.overview()).orphans.map(({ arn, reason }) => `${arn.split("/").at(-1)}: ${reason}`);

  const coverageOf = (name: string) =>
    installation.control
      .coverage()
      .flatMap((account) => account.functions)
      .find((found) => found.name === name);
  const REMOVED = { state: "uncovered", reason: "its manifest orders/goes was removed from Git" };

  test("removes its role and statements under deletionPolicy: delete, once nothing uses the role", async () => {
    await begin(functions(["goes"], DELETED));
    await release("goes");
    await installation.push(estate(STAYING));

    await twoSweeps();

    const policies = installation.world.accounts[PROD]?.lambda["eu-west-1"]?.functions["goes"]?.policies;
    expect(roles()).not.toContain(roleNameOf("goes"));
    expect(policies).toEqual({});
    expect(await orphans()).toEqual([]);
    expect((await allKeys(installation.store)).map(({ key }) => key).join()).not.toContain("goes");
    expect(coverageOf("goes")).toMatchObject({ state: "uncovered" });
  });

  const proposed = (functionName: string) =>
    installation.control.proposal(
      { namespace: "orders" as Namespace, functionName, account: "prod", region: "eu-west-1" as Region },
      SEES_EVERYTHING,
    );

  test("leaves everything in place under deletionPolicy: retain: an orphan, and a function that nothing covers, whose grants are proposed again", async () => {
    await begin(functions(["goes"], SPEC));
    const before = JSON.stringify(installation.world.accounts[PROD]);
    await installation.push(estate(STAYING));

    await twoSweeps();

    expect(JSON.stringify(installation.world.accounts[PROD])).toBe(before);
    expect(await orphans()).toEqual([expect.stringMatching(/^goes-eu-west-1: .*retain/)]);
    expect(coverageOf("goes")).toMatchObject(REMOVED);
    expect(coverageOf("stays")).toMatchObject({ state: "managed" });
    expect(await proposed("goes")).toMatchObject({
      kind: "ok",
      value: { failing: null, grants: [{ dynamodb: { table: "orders", allow: ["read"] } }], fields: {} },
    });
    expect(await proposed("stays")).toMatchObject({ kind: "err", error: { code: "conflict" } });
  });

  test("keeps a role on which a function still runs, and reports it", async () => {
    await begin(functions(["goes"], DELETED));
    await installation.push(estate(STAYING));

    await twoSweeps();

    expect(roles()).toContain(roleNameOf("goes"));
    expect(await orphans()).toEqual([expect.stringContaining("goes-eu-west-1: ")]);
    expect(coverageOf("goes")).toMatchObject(REMOVED);
  });

  test("is held if more keys leave than the limit allows, until an operator approves", async () => {
    const leaving = ["g1", "g2"];
    await begin(functions(leaving, DELETED), 1);
    for (const name of leaving) await release(name);
    await installation.push(estate(STAYING));
    await twoSweeps();
    // AWS lists the roles as they were created, and writes of different functions overlap.
    const held = roles()
      .filter((name) => name.startsWith("g"))
      .toSorted();
    const holds = await installation.holds();

    await installation.approveAll();
    await twoSweeps();

    expect(held).toEqual(leaving.map(roleNameOf));
    expect(holds.map(({ keys }) => keys.length)).toEqual([2]);
    expect(roles().filter((name) => name.startsWith("g"))).toEqual([]);
  });

  test("deletes nothing while the account's roles can't be listed", async () => {
    await begin(functions(["goes"], DELETED));
    await release("goes");
    await installation.push(estate(STAYING));
    await installation.settled();
    clock.advance(2 * HOUR_MS);
    const refused = { kind: "error", code: "ServiceFailure", message: "no", status: 500 } as const;
    installation.simulator.addFault({ operation: "ListFunctions", kind: refused });
    const writes = installation.writes().length;

    await installation.settled();
    clock.advance(2 * HOUR_MS);
    await installation.settled();

    expect(installation.writes()).toHaveLength(writes);
    expect(roles()).toContain(roleNameOf("goes"));
  });
});
