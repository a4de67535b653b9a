import { afterEach, describe, expect, test } from "@jest/globals";
import { liveFunction } from "../../../src/model/live.ts";
import { functionRequest, seedOne, sweep } from "../../support/installation/sweep.ts";
import { ACCOUNT, REGION, startAwsWorld, type AwsWorld } from "./aws-world.ts";

let world: AwsWorld;
afterEach(() => world.stop());

const OLD = `arn:aws:iam::${ACCOUNT}:role/old`;

/** A sweep in which it is the turn of `orders-api`, whose alias live runs this version. */
async function sweptAlias(version: string) {
  world = await startAwsWorld((state) => {
    seedOne(state);
    const found = state.accounts[ACCOUNT]?.lambda[REGION]?.functions["orders-api"];
    const latest = found?.versions["$LATEST"];
    if (found === undefined || latest === undefined) throw new Error("the world has orders-api");
    found.versions["1"] = { ...latest, Version: "1", Role: OLD };
    found.aliases["live"] = { name: "live", version, description: "", revisionId: "r", weights: {} };
  });
  return liveFunction(
    await sweep(world, { functions: [{ ...functionRequest("orders-api"), aliases: true }] }),
    REGION,
    "orders-api",
  );
}

describe("the aliases of a function whose turn it is", () => {
  test.each([
    { version: "1", versions: { kind: "present", value: [{ version: "1", roleArn: OLD }] }, calls: 1 },
    { version: "$LATEST", versions: { kind: "not-requested" }, calls: 0 },
  ])(
    "are read with its versions only if one runs a version: $version",
    async ({ version, versions, calls }) => {
      expect(await sweptAlias(version)).toMatchObject({
        value: { versions, aliases: { kind: "present", value: [{ name: "live", versions: [version] }] } },
      });
      expect(world.reads()["lambda:ListAliases"]).toBe(1);
      expect(world.reads()["lambda:ListVersionsByFunction"] ?? 0).toBe(calls);
    },
  );

  test("are read with their policies, also those that no request names", async () => {
    world = await startAwsWorld((state) => {
      seedOne(state);
      const found = state.accounts[ACCOUNT]?.lambda[REGION]?.functions["orders-api"];
      if (found === undefined) throw new Error("the world has orders-api");
      for (const name of ["live", "old"])
        found.aliases[name] = { name, version: "$LATEST", description: "", revisionId: "r", weights: {} };
      const document = { Version: "2012-10-17", Id: "default", Statement: [] };
      found.policies["old"] = { document, revisionId: "r" };
    });

    const read = liveFunction(
      await sweep(world, { functions: [{ ...functionRequest("orders-api"), aliases: true }] }),
      REGION,
      "orders-api",
    );

    expect(read).toMatchObject({ kind: "present" });
    const policies = read.kind === "present" ? read.value.policies : new Map();
    expect([...policies].map(([name, { kind }]) => [name, kind])).toEqual([
      ["", "absent"],
      ["live", "absent"],
      ["old", "present"],
    ]);
    expect(world.reads()["lambda:GetPolicy"]).toBe(3);
  });

  test.each([
    { after: 0, read: ["1", "2"] },
    { after: 2, read: ["10"] },
    { after: 10, read: [] },
  ])("are read with the policies of the next versions after $after", async ({ after, read }) => {
    world = await startAwsWorld((state) => {
      seedOne(state);
      const found = state.accounts[ACCOUNT]?.lambda[REGION]?.functions["orders-api"];
      const latest = found?.versions["$LATEST"];
      if (found === undefined || latest === undefined) throw new Error("the world has orders-api");
      for (const version of ["10", "2", "1"]) found.versions[version] = { ...latest, Version: version };
    });
    const turn = { aliases: true, versionPolicies: { after, most: 2 } };

    const found = liveFunction(
      await sweep(world, { functions: [{ ...functionRequest("orders-api"), ...turn }] }),
      REGION,
      "orders-api",
    );

    const policies = found.kind === "present" ? [...found.value.policies.keys()] : [];
    expect(policies).toEqual(["", ...read]);
    expect(world.reads()["lambda:ListVersionsByFunction"]).toBe(1);
  });

  test("are read up to a number, and the policies of the others are unknown", async () => {
    const names = Array.from({ length: 201 }, (_, at) => `a${String(at)}`);
    world = await startAwsWorld(seedOne);

    const read = liveFunction(
      await sweep(world, { functions: [{ ...functionRequest("orders-api"), qualifiers: [null, ...names] }] }),
      REGION,
      "orders-api",
    );

    const policies = read.kind === "present" ? [...read.value.policies] : [];
    expect(policies.filter(([, { kind }]) => kind === "unknown")).toEqual(
      ["a199", "a200"].map((name) => [
        name,
        {
          kind: "unknown",
          reason:
            "more than 200 aliases and versions of the function are to be read: the policies of the others are not",
        },
      ]),
    );
  });
});
