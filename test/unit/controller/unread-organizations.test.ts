import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { AwsError } from "../../../src/model/aws/errors/aws-error.ts";
import type { Organizations } from "../../../src/controller/ports/estate/organizations.ts";
import { FakeController } from "../../support/fakes/fake-controller.ts";
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
import { ok } from "../../../src/model/values/result.ts";
import { deniedAccount } from "../../support/fakes/fake-aws.ts";

let fake: FakeController;

beforeEach(() => {
  fake = new FakeController();
});

afterEach(() => stop(fake));

function denied(): AwsError {
  return deniedAccount("organizations:ListAccounts");
}

describe("an organization that cannot be read", () => {
  test("keeps the accounts that were found before, and is named with its reason", async () => {
    found(fake, SEVEN);
    await start(fake);
    fake.organizations.failure = denied();
    await fake.clock.pass(11 * MINUTE);
    const before = sweeps(fake, SEVEN);
    await fake.clock.pass(10 * MINUTE);

    expect(await accountNames(fake)).toEqual(["prod enforce", "sandbox-777777777777 observe"]);
    expect(sweeps(fake, SEVEN)).toBeGreaterThan(before);
    expect((await fake.control.overview()).accountSets).toMatchObject([
      { name: "sandboxes", failing: { reason: "organizations:ListAccounts: AccessDenied: no" } },
    ]);
    expect(facts(fake)).toHaveLength(1);
    fake.organizations.failure = null;
    await fake.clock.pass(2 * MINUTE);
    expect((await fake.control.overview()).accountSets).toMatchObject([{ failing: null }]);
  });

  test("keeps them over a restart too", async () => {
    found(fake, SEVEN);
    await start(fake);
    await stop(fake);
    fake.organizations.failure = denied();
    const before = sweeps(fake, SEVEN);
    const counted = fake.telemetry.gauges.get("account_set_accounts sandboxes");
    fake.telemetry.gauges.clear();
    await fake.start();
    await fake.clock.pass(5_000);

    expect(await accountNames(fake)).toEqual(["prod enforce", "sandbox-777777777777 observe"]);
    expect(sweeps(fake, SEVEN)).toBeGreaterThan(before);
    // The accounts are not counted before they are read: 0 would be untrue.
    expect([counted, fake.telemetry.gauges.get("account_set_accounts sandboxes")]).toEqual([1, undefined]);
  });

  test("that comes back after a restart has no account that had left before it", async () => {
    found(fake, SEVEN, EIGHT);
    await start(fake);
    found(fake, EIGHT);
    await fake.clock.pass(11 * MINUTE);
    await stop(fake);
    fake.organizations.failure = denied();
    await fake.start();
    await fake.clock.pass(5_000);

    expect(await accountNames(fake)).toEqual(["prod enforce", "sandbox-888888888888 observe"]);
  });

  test("is named and tried again after a minute if the error is Grantkeeper's own", async () => {
    fake.organizations.failure = new Error("disk full");
    await start(fake);
    await fake.clock.pass(10 * MINUTE);

    expect((await fake.control.overview()).accountSets).toMatchObject([
      { failing: { reason: "internal error: disk full" } },
    ]);
    expect(fake.organizations.reads).toBeLessThanOrEqual(11);
  });

  test("delays no account that a manifest names", async () => {
    fake.organizations.failure = denied();
    await start(fake);

    expect(sweeps(fake, DECLARED)).toBeGreaterThan(0);
  });
});

describe("an organization that gives no answer", () => {
  test("delays no other set", async () => {
    found(fake, SEVEN);
    const { organizations } = fake;
    const other = SET.replace("name: sandboxes", "name: silent");
    const answer = organizations.accountsOf.bind(organizations);
    const silence = Promise.withResolvers<Awaited<ReturnType<Organizations["accountsOf"]>>>();
    organizations.accountsOf = (set) => (set.name === "silent" ? silence.promise : answer(set));
    fake.source.push({ ...FILES, "platform/silent.yaml": other });
    await fake.start();
    await fake.clock.pass(5_000);
    found(fake, SEVEN, EIGHT);
    await fake.clock.pass(11 * MINUTE);

    expect(await accountNames(fake)).toContain("sandbox-888888888888 observe");
    silence.resolve(ok([]));
  });
});
