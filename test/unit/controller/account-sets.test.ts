import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { AwsError } from "../../../src/model/aws/aws-error.ts";
import type { AccountId } from "../../../src/model/aws/ids.ts";
import type { FoundAccount } from "../../../src/model/aws/found-account.ts";
import { settled } from "../../support/fakes/fake-clock.ts";
import { FakeController, manifests, READ_ORDERS } from "../../support/fakes/fake-controller.ts";

const DECLARED = "111122223333" as AccountId;
const SEVEN = "777777777777" as AccountId;
const EIGHT = "888888888888" as AccountId;
const MINUTE = 60_000;
const SET = `apiVersion: grantkeeper.dev/v1alpha1
kind: AccountSet
metadata: {name: sandboxes}
spec:
  organization:
    reader: {role: "arn:aws:iam::999999999999:role/gk/reader", externalId: gk-3}
  template:
    regions: [eu-west-1]
    observer: {role: "arn:aws:iam::\${account.id}:role/gk/observer", externalId: gk-1}
`;
const FILES: Readonly<Record<string, string>> = {
  ...manifests({ a: READ_ORDERS }),
  "platform/set.yaml": SET,
};

let fake: FakeController;

beforeEach(() => {
  fake = new FakeController();
});
afterEach(stop);

async function stop(): Promise<void> {
  const stopped = fake.stop();
  await fake.clock.pass(11_000);
  await stopped;
}

function found(...accounts: readonly AccountId[]): void {
  const listed = accounts.map((id): FoundAccount => ({ id, name: "Sandbox" }));
  fake.organizations.found.set("sandboxes", listed);
}

async function start(): Promise<void> {
  fake.source.push(FILES);
  await fake.start();
  await fake.clock.pass(5_000);
}

function denied(): AwsError {
  return new AwsError({
    call: "organizations:ListAccounts",
    code: "AccessDenied",
    message: "no",
    disposition: { kind: "circuit", scope: "account" },
    requestId: null,
    lost: false,
  });
}

async function accountNames(): Promise<readonly string[]> {
  return (await fake.control.overview()).accounts.map(({ name, mode }) => `${name} ${mode}`);
}

/** The accounts that `status` shows as having left the set. */
async function departed(): Promise<readonly string[]> {
  return (await fake.control.overview()).accountSets.flatMap(({ left }) => left.map(({ name }) => name));
}

function sweeps(id: AccountId): number {
  return fake.cloud.accounts.get(id)?.sweeps.length ?? 0;
}

function facts(): readonly string[] {
  return fake.audit.log.flatMap((entry) =>
    entry.kind === "account-found" || entry.kind === "account-left" ? [`${entry.kind} ${entry.account}`] : [],
  );
}

describe("an account of an organization", () => {
  test("is observed as soon as it is found, and recorded once", async () => {
    found(SEVEN);
    await start();

    expect(await accountNames()).toEqual(["prod enforce", "sandbox-777777777777 observe"]);
    expect(sweeps(SEVEN)).toBeGreaterThan(0);
    expect(fake.cloud.account(SEVEN).writes).toEqual([]);
    found(SEVEN, EIGHT);
    await fake.clock.pass(11 * MINUTE);
    expect(facts()).toEqual(["account-found sandbox-777777777777", "account-found sandbox-888888888888"]);
    expect(sweeps(EIGHT)).toBeGreaterThan(0);
  });

  test("that left is no longer read, and nothing of it is deleted", async () => {
    found(SEVEN, EIGHT);
    await start();
    found(EIGHT);
    await fake.clock.pass(11 * MINUTE);
    const before = sweeps(SEVEN);
    await fake.clock.pass(30 * MINUTE);

    expect(await accountNames()).toEqual(["prod enforce", "sandbox-888888888888 observe"]);
    expect(sweeps(SEVEN)).toBe(before);
    expect(facts().at(-1)).toBe("account-left sandbox-777777777777");
    expect(fake.telemetry.lines.filter(({ text }) => text === "account left")).toMatchObject([
      { level: "warn", fields: { set: "sandboxes", hint: expect.stringContaining("with an AwsAccount") } },
    ]);
    expect((await fake.store.accounts()).map(({ accountId }) => accountId)).toContain(SEVEN);
    expect(fake.cloud.account(SEVEN).writes).toEqual([]);
  });

  test("that left is shown for a week, also after a restart, unless it comes back", async () => {
    found(SEVEN, EIGHT);
    await start();
    found(EIGHT);
    await fake.clock.pass(11 * MINUTE);
    expect(await departed()).toEqual(["sandbox-777777777777"]);
    found(SEVEN, EIGHT);
    await fake.clock.pass(11 * MINUTE);
    expect(await departed()).toEqual([]);
    found(EIGHT);
    await fake.clock.pass(11 * MINUTE);
    expect(await departed()).toEqual(["sandbox-777777777777"]);
    await stop();
    fake.clock.set(fake.clock.nowMs() + 6 * 86_400_000);
    await fake.start();
    expect(await departed()).toEqual(["sandbox-777777777777"]);
    fake.clock.set(fake.clock.nowMs() + 86_400_000);
    expect(await departed()).toEqual([]);
  });

  test("is not taken from a manifest that names it", async () => {
    found(DECLARED, SEVEN);
    await start();

    expect(await accountNames()).toEqual(["prod enforce", "sandbox-777777777777 observe"]);
  });

  test.each([
    { mistake: "is broken", accounts: FILES["platform/accounts.yaml"]?.replace("regions:", "region:") ?? "" },
    { mistake: "is gone", accounts: "" },
  ])("stays enforced while the manifest that names it $mistake", async ({ accounts }) => {
    found(DECLARED);
    await start();
    await fake.push({ ...FILES, "platform/accounts.yaml": accounts });
    await fake.clock.pass(11 * MINUTE);

    expect(await accountNames()).toEqual(["prod enforce"]);
    expect(facts()).toEqual([]);
    await stop();
    await fake.start();
    await fake.clock.pass(5_000);
    expect(await accountNames()).toEqual(["prod enforce"]);
  });

  test("that a manifest names stays recorded as the manifest declares it, and is never recorded as found", async () => {
    found(DECLARED, SEVEN);
    await start();
    await fake.clock.pass(31 * MINUTE);

    const record = (await fake.store.accounts()).find(({ accountId }) => accountId === DECLARED);
    expect(record?.declared).toMatchObject({ name: "prod", mode: "enforce" });
    expect(record?.declared).not.toHaveProperty("set");
    expect(facts()).toEqual(["account-found sandbox-777777777777"]);
  });

  test("that two sets find is recorded once, and observed as the first of them by name does", async () => {
    const others = SET.replace("name: sandboxes", "name: others");
    fake.organizations.found.set("others", [{ id: SEVEN, name: "Sandbox" }]);
    found(SEVEN);
    fake.source.push({ ...FILES, "platform/others.yaml": others });
    await fake.start();
    await fake.clock.pass(31 * MINUTE);

    expect(await accountNames()).toEqual(["prod enforce", "sandbox-777777777777 observe"]);
    expect(facts()).toEqual(["account-found sandbox-777777777777"]);
    const record = (await fake.store.accounts()).find(({ accountId }) => accountId === SEVEN);
    expect(record?.declared?.set).toBe("others");
  });
});

describe("an organization that cannot be read", () => {
  test("keeps the accounts that were found before, and is named with its reason", async () => {
    found(SEVEN);
    await start();
    fake.organizations.failure = denied();
    await fake.clock.pass(11 * MINUTE);
    const before = sweeps(SEVEN);
    await fake.clock.pass(10 * MINUTE);

    expect(await accountNames()).toEqual(["prod enforce", "sandbox-777777777777 observe"]);
    expect(sweeps(SEVEN)).toBeGreaterThan(before);
    expect((await fake.control.overview()).accountSets).toMatchObject([
      { name: "sandboxes", failing: { reason: "organizations:ListAccounts: AccessDenied: no" } },
    ]);
    expect(facts()).toHaveLength(1);
    fake.organizations.failure = null;
    await fake.clock.pass(2 * MINUTE);
    expect((await fake.control.overview()).accountSets).toMatchObject([{ failing: null }]);
  });

  test("keeps them over a restart too", async () => {
    found(SEVEN);
    await start();
    await stop();
    fake.organizations.failure = denied();
    const before = sweeps(SEVEN);
    const counted = fake.telemetry.gauges.get("account_set_accounts sandboxes");
    fake.telemetry.gauges.clear();
    await fake.start();
    await fake.clock.pass(5_000);

    expect(await accountNames()).toEqual(["prod enforce", "sandbox-777777777777 observe"]);
    expect(sweeps(SEVEN)).toBeGreaterThan(before);
    // The accounts are not counted before they are read: 0 would be untrue.
    expect([counted, fake.telemetry.gauges.get("account_set_accounts sandboxes")]).toEqual([1, undefined]);
  });

  test("that comes back after a restart has no account that had left before it", async () => {
    found(SEVEN, EIGHT);
    await start();
    found(EIGHT);
    await fake.clock.pass(11 * MINUTE);
    await stop();
    fake.organizations.failure = denied();
    await fake.start();
    await fake.clock.pass(5_000);

    expect(await accountNames()).toEqual(["prod enforce", "sandbox-888888888888 observe"]);
  });

  test("is named and tried again after a minute if the error is Grantkeeper's own", async () => {
    fake.organizations.failure = new Error("disk full");
    await start();
    await fake.clock.pass(10 * MINUTE);

    expect((await fake.control.overview()).accountSets).toMatchObject([
      { failing: { reason: "internal error: disk full" } },
    ]);
    expect(fake.organizations.reads).toBeLessThanOrEqual(11);
  });

  test("delays no account that a manifest names", async () => {
    fake.organizations.failure = denied();
    await start();

    expect(sweeps(DECLARED)).toBeGreaterThan(0);
  });
});

describe("an account that moves from one set to another", () => {
  test("stays observed without an entry that it left", async () => {
    found(SEVEN);
    const tagged = SET.replace("name: sandboxes", "name: tagged");
    fake.source.push({ ...FILES, "platform/tagged.yaml": tagged });
    await fake.start();
    await fake.clock.pass(5_000);
    const listed = fake.organizations.found.get("sandboxes") ?? [];
    fake.organizations.found.set("tagged", listed);
    await fake.clock.pass(11 * MINUTE);
    fake.organizations.found.set("sandboxes", []);
    await fake.clock.pass(11 * MINUTE);

    expect(await accountNames()).toContain("sandbox-777777777777 observe");
    expect(facts().filter((fact) => fact.startsWith("account-left"))).toEqual([]);
  });
});

describe("an organization that gives no answer", () => {
  test("delays no other set", async () => {
    found(SEVEN);
    const { organizations } = fake;
    const other = SET.replace("name: sandboxes", "name: silent");
    const answer = organizations.accountsOf.bind(organizations);
    const silence = Promise.withResolvers<readonly FoundAccount[]>();
    organizations.accountsOf = (set) => (set.name === "silent" ? silence.promise : answer(set));
    fake.source.push({ ...FILES, "platform/silent.yaml": other });
    await fake.start();
    await fake.clock.pass(5_000);
    found(SEVEN, EIGHT);
    await fake.clock.pass(11 * MINUTE);

    expect(await accountNames()).toContain("sandbox-888888888888 observe");
    silence.resolve([]);
  });
});

describe("an account set", () => {
  test("that leaves Git takes its accounts with it", async () => {
    found(SEVEN);
    await start();
    await fake.push(manifests({ a: READ_ORDERS }));
    await fake.clock.pass(5_000);

    expect(await accountNames()).toEqual(["prod enforce"]);
  });

  test.each([
    { mistake: "a misspelt field", text: SET.replace("regions", "regionz") },
    { mistake: "a misspelt kind", text: SET.replace("AccountSet", "AccountSett") },
    { mistake: "no YAML", text: `${SET}  : {` },
  ])("whose file has $mistake keeps its accounts until the file shows that it has left", async ({ text }) => {
    found(SEVEN);
    await start();
    const declared = manifests({ a: READ_ORDERS });
    await fake.push({ ...declared, "platform/set.yaml": text });
    const before = sweeps(SEVEN);
    await fake.clock.pass(10 * MINUTE);

    expect(await accountNames()).toEqual(["prod enforce", "sandbox-777777777777 observe"]);
    expect(sweeps(SEVEN)).toBeGreaterThan(before);
    await fake.push(declared);
    await fake.clock.pass(5_000);
    expect(await accountNames()).toEqual(["prod enforce"]);
    expect(facts()).toEqual(["account-found sandbox-777777777777"]);
  });

  test("that changes is read again immediately, with the accounts of the new one", async () => {
    found(SEVEN, EIGHT);
    await start();
    found(EIGHT);
    await fake.push({
      ...FILES,
      "platform/set.yaml": SET.replace("  template", "    tags: {env: dev}\n  template"),
    });
    await fake.clock.pass(2_000);
    await settled();

    expect(await accountNames()).toEqual(["prod enforce", "sandbox-888888888888 observe"]);
  });

  test("is read every ten minutes, not with each pass", async () => {
    found(SEVEN);
    await start();
    await fake.clock.pass(31 * MINUTE);

    expect(fake.organizations.reads).toBe(4);
  });
});
