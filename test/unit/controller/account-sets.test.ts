import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { settled } from "../../support/fakes/fake-clock.ts";
import { FakeController, manifests, READ_ORDERS } from "../../support/fakes/fake-controller.ts";
import {
  DECLARED,
  SEVEN,
  EIGHT,
  MINUTE,
  SET,
  FILES,
  stop,
  found,
  start,
  accountNames,
  sweeps,
  facts,
} from "./sandboxes.ts";

let fake: FakeController;

beforeEach(() => {
  fake = new FakeController();
});

afterEach(() => stop(fake));

/** The accounts that `status` shows as having left the set. */
async function departed(fake: FakeController): Promise<readonly string[]> {
  return (await fake.control.overview()).accountSets.flatMap(({ left }) => left.map(({ name }) => name));
}

describe("an account of an organization", () => {
  test("is observed as soon as it is found, and recorded once", async () => {
    found(fake, SEVEN);
    await start(fake);

    expect(await accountNames(fake)).toEqual(["prod enforce", "sandbox-777777777777 observe"]);
    expect(sweeps(fake, SEVEN)).toBeGreaterThan(0);
    expect(fake.cloud.account(SEVEN).writes).toEqual([]);
    found(fake, SEVEN, EIGHT);
    await fake.clock.pass(11 * MINUTE);
    expect(facts(fake)).toEqual(["account-found sandbox-777777777777", "account-found sandbox-888888888888"]);
    expect(sweeps(fake, EIGHT)).toBeGreaterThan(0);
  });

  test("that left is no longer read, and nothing of it is deleted", async () => {
    found(fake, SEVEN, EIGHT);
    await start(fake);
    found(fake, EIGHT);
    await fake.clock.pass(11 * MINUTE);
    const before = sweeps(fake, SEVEN);
    await fake.clock.pass(30 * MINUTE);

    expect(await accountNames(fake)).toEqual(["prod enforce", "sandbox-888888888888 observe"]);
    expect(sweeps(fake, SEVEN)).toBe(before);
    expect(facts(fake).at(-1)).toBe("account-left sandbox-777777777777");
    expect(fake.telemetry.lines.filter(({ text }) => text === "account left")).toMatchObject([
      { level: "warn", fields: { set: "sandboxes", hint: expect.stringContaining("with an AwsAccount") } },
    ]);
    expect((await fake.store.accounts()).map(({ accountId }) => accountId)).toContain(SEVEN);
    expect(fake.cloud.account(SEVEN).writes).toEqual([]);
  });

  test("that left is shown for a week, also after a restart, unless it comes back", async () => {
    found(fake, SEVEN, EIGHT);
    await start(fake);
    found(fake, EIGHT);
    await fake.clock.pass(11 * MINUTE);
    expect(await departed(fake)).toEqual(["sandbox-777777777777"]);
    found(fake, SEVEN, EIGHT);
    await fake.clock.pass(11 * MINUTE);
    expect(await departed(fake)).toEqual([]);
    found(fake, EIGHT);
    await fake.clock.pass(11 * MINUTE);
    expect(await departed(fake)).toEqual(["sandbox-777777777777"]);
    await stop(fake);
    fake.clock.set(fake.clock.nowMs() + 6 * 86_400_000);
    await fake.start();
    expect(await departed(fake)).toEqual(["sandbox-777777777777"]);
    fake.clock.set(fake.clock.nowMs() + 86_400_000);
    expect(await departed(fake)).toEqual([]);
  });

  test("is not taken from a manifest that names it", async () => {
    found(fake, DECLARED, SEVEN);
    await start(fake);

    expect(await accountNames(fake)).toEqual(["prod enforce", "sandbox-777777777777 observe"]);
  });

  test.each([
    { mistake: "is broken", accounts: FILES["platform/accounts.yaml"]?.replace("regions:", "region:") ?? "" },
    { mistake: "is gone", accounts: "" },
  ])("stays enforced while the manifest that names it $mistake", async ({ accounts }) => {
    found(fake, DECLARED);
    await start(fake);
    await fake.push({ ...FILES, "platform/accounts.yaml": accounts });
    await fake.clock.pass(11 * MINUTE);

    expect(await accountNames(fake)).toEqual(["prod enforce"]);
    expect(facts(fake)).toEqual([]);
    await stop(fake);
    await fake.start();
    await fake.clock.pass(5_000);
    expect(await accountNames(fake)).toEqual(["prod enforce"]);
  });

  test("that a manifest names stays recorded as the manifest declares it, and is never recorded as found", async () => {
    found(fake, DECLARED, SEVEN);
    await start(fake);
    await fake.clock.pass(31 * MINUTE);

    const record = (await fake.store.accounts()).find(({ accountId }) => accountId === DECLARED);
    expect(record?.declared).toMatchObject({ name: "prod", mode: "enforce" });
    expect(record?.declared).not.toHaveProperty("set");
    expect(facts(fake)).toEqual(["account-found sandbox-777777777777"]);
  });

  test("that two sets find is recorded once, and observed as the first of them by name does", async () => {
    const others = SET.replace("name: sandboxes", "name: others");
    fake.organizations.found.set("others", [{ id: SEVEN, name: "Sandbox" }]);
    found(fake, SEVEN);
    fake.source.push({ ...FILES, "platform/others.yaml": others });
    await fake.start();
    await fake.clock.pass(31 * MINUTE);

    expect(await accountNames(fake)).toEqual(["prod enforce", "sandbox-777777777777 observe"]);
    expect(facts(fake)).toEqual(["account-found sandbox-777777777777"]);
    const record = (await fake.store.accounts()).find(({ accountId }) => accountId === SEVEN);
    expect(record?.declared?.set).toBe("others");
  });
});

describe("an account that moves from one set to another", () => {
  test("stays observed without an entry that it left", async () => {
    found(fake, SEVEN);
    const tagged = SET.replace("name: sandboxes", "name: tagged");
    fake.source.push({ ...FILES, "platform/tagged.yaml": tagged });
    await fake.start();
    await fake.clock.pass(5_000);
    const listed = fake.organizations.found.get("sandboxes") ?? [];
    fake.organizations.found.set("tagged", listed);
    await fake.clock.pass(11 * MINUTE);
    fake.organizations.found.set("sandboxes", []);
    await fake.clock.pass(11 * MINUTE);

    expect(await accountNames(fake)).toContain("sandbox-777777777777 observe");
    expect(facts(fake).filter((fact) => fact.startsWith("account-left"))).toEqual([]);
  });
});

describe("an account set", () => {
  test("that leaves Git takes its accounts with it", async () => {
    found(fake, SEVEN);
    await start(fake);
    await fake.push(manifests({ a: READ_ORDERS }));
    await fake.clock.pass(5_000);

    expect(await accountNames(fake)).toEqual(["prod enforce"]);
  });

  test.each([
    { mistake: "a misspelt field", text: SET.replace("regions", "regionz") },
    { mistake: "a misspelt kind", text: SET.replace("AccountSet", "AccountSett") },
    { mistake: "no YAML", text: `${SET}  : {` },
  ])("whose file has $mistake keeps its accounts until the file shows that it has left", async ({ text }) => {
    found(fake, SEVEN);
    await start(fake);
    const declared = manifests({ a: READ_ORDERS });
    await fake.push({ ...declared, "platform/set.yaml": text });
    const before = sweeps(fake, SEVEN);
    await fake.clock.pass(10 * MINUTE);

    expect(await accountNames(fake)).toEqual(["prod enforce", "sandbox-777777777777 observe"]);
    expect(sweeps(fake, SEVEN)).toBeGreaterThan(before);
    await fake.push(declared);
    await fake.clock.pass(5_000);
    expect(await accountNames(fake)).toEqual(["prod enforce"]);
    expect(facts(fake)).toEqual(["account-found sandbox-777777777777"]);
  });

  test("that changes is read again immediately, with the accounts of the new one", async () => {
    found(fake, SEVEN, EIGHT);
    await start(fake);
    found(fake, EIGHT);
    await fake.push({
      ...FILES,
      "platform/set.yaml": SET.replace("  template", "    tags: {env: dev}\n  template"),
    });
    await fake.clock.pass(2_000);
    await settled();

    expect(await accountNames(fake)).toEqual(["prod enforce", "sandbox-888888888888 observe"]);
  });

  test("is read every ten minutes, not with each pass", async () => {
    found(fake, SEVEN);
    await start(fake);
    await fake.clock.pass(31 * MINUTE);

    expect(fake.organizations.reads).toBe(4);
  });
});
