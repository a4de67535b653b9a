import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { DENIED, ImportOfPlaces, NOT_ASSUMED, NOW_MS } from "../../../support/adopt/import-of-places.ts";

let places: ImportOfPlaces;
beforeEach(async () => {
  places = await ImportOfPlaces.open();
});
afterEach(() => places.close());

describe("the roles of an account", () => {
  test("are read with its first region, and handed to the others", async () => {
    await places.run({ accounts: ["staging", "prod"] });

    expect(places.asked).toEqual([
      "staging/eu-west-1",
      "staging/us-east-1",
      "prod/eu-west-1",
      "prod/us-east-1",
    ]);
    expect(places.reused).toEqual(["staging/us-east-1", "prod/us-east-1"]);
  });

  test("are not those of a saved region, which may be old", async () => {
    await places.run({ more: ["--save", places.saved], answers: { "staging/us-east-1": DENIED } });
    places.reused = [];
    await places.run({ more: ["--resume", places.saved] });

    expect(places.asked.at(-1)).toBe("staging/us-east-1");
    expect(places.reused).toEqual([]);
  });
});

describe("a place that cannot be read", () => {
  test("is a line with its reason and the next step, and the other regions are imported", async () => {
    const { code, out } = await places.run({ answers: { "staging/eu-west-1": DENIED } });

    expect(code).toBe(3);
    expect(out).toContain("1 function: 1 imported, 1 of them proved equal");
    expect(out).toContain(
      "Not read: these may have more functions\n" +
        "  staging/eu-west-1: lambda:ListFunctions is denied: AccessDenied: not allowed; allow the call to the observer: grantkeeper bootstrap roles prints its policy\n",
    );
  });

  test("and whose observer cannot be assumed is tried once, and the other account is imported", async () => {
    const { code, out } = await places.run({
      accounts: ["staging", "prod"],
      answers: { "staging/eu-west-1": NOT_ASSUMED },
    });

    expect(code).toBe(3);
    expect(places.asked).toEqual(["staging/eu-west-1", "prod/eu-west-1", "prod/us-east-1"]);
    expect(out).toContain(
      "  staging/eu-west-1, us-east-1: sts:AssumeRole role/observer: AccessDenied: not allowed; grantkeeper doctor --account staging",
    );
    expect(out).toContain("2 functions: ");
  });

  test("is in the published form, in which a complete read has its time", async () => {
    const { out } = await places.run({ answers: { "staging/us-east-1": DENIED }, more: ["-o", "json"] });

    expect(JSON.parse(out)).toMatchObject({
      places: [
        { account: "staging", region: "eu-west-1", readAt: new Date(NOW_MS).toISOString(), reason: null },
        { account: "staging", region: "us-east-1", readAt: null, next: expect.stringMatching(/bootstrap/) },
      ],
    });
  });

  test("leaves out the functions for which variables would be derived from the others", async () => {
    const { code, out } = await places.run({
      accounts: ["staging", "prod"],
      answers: { "prod/us-east-1": DENIED },
    });

    expect(code).toBe(3);
    expect(out).toContain("3 functions: 0 imported, 0 of them proved equal, 3 unknown");
    expect(out).toContain(
      "its targets differ in values that variables would replace, and prod/us-east-1 was not read",
    );
    expect(await readdir(join(places.root, "repository"))).toEqual(["platform"]);
  });

  test("leaves out nothing if all places were read", async () => {
    const { code, out } = await places.run({ accounts: ["staging", "prod"] });

    expect(code).toBe(0);
    expect(out).toContain("4 functions: 4 imported, 4 of them proved equal");
    expect(await readFile(join(places.root, "repository/teams/orders/orders.yaml"), "utf8")).toContain(
      "${account.vars.ordersTable}",
    );
  });
});
