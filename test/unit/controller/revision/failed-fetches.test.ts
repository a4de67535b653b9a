import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { SourceError } from "../../../../src/controller/ports/source.ts";
import { type FakeAws } from "../../../support/fakes/fake-aws.ts";
import {
  FakeController,
  INTERVAL_MS,
  manifests,
  READ_ORDERS,
  WRITE_ORDERS,
} from "../../../support/fakes/fake-controller.ts";
import { ACCOUNT, BOTH, endOf, callsOf } from "./two-functions.ts";

let fake: FakeController;

let aws: FakeAws;
beforeEach(() => {
  fake = new FakeController();
  aws = fake.cloud.account(ACCOUNT);
});

afterEach(() => endOf(fake));

describe("a push", () => {
  beforeEach(() => fake.startConverged(BOTH));

  test("that can't be fetched is reported once, by name, with a fix", async () => {
    fake.source.failure = new SourceError({
      source: "main",
      code: "unreachable",
      message: "no route to git",
      fix: "fix the network",
    });
    await fake.clock.pass(3 * INTERVAL_MS);

    expect((await fake.control.overview()).source.failure).toEqual({
      message: "no route to git",
      fix: "fix the network",
      refused: false,
    });
    const alerts = fake.recorder.alerts.filter(({ kind }) => kind === "source-failed");
    expect(alerts).toMatchObject([{ reason: 'source "main": no route to git' }]);
    expect(fake.telemetry.lines).toContainEqual(
      expect.objectContaining({
        level: "warn",
        fields: expect.objectContaining({
          code: "unreachable",
          reason: 'source "main": no route to git',
          hint: "fix the network",
        }),
      }),
    );
    fake.source.failure = null;
    await fake.clock.pass(2 * INTERVAL_MS);
    expect((await fake.control.overview()).source.failure).toBeNull();
    expect(fake.recorder.alerts.filter(({ kind }) => kind === "source-recovered")).toHaveLength(1);
  });

  test("that can't be fetched for another cause than before is logged again, each cause once", async () => {
    const [away, refused] = [
      new SourceError({
        source: "main",
        code: "tls",
        message: "unknown authority",
        fix: "name it in caFile",
      }),
      new SourceError({ source: "main", code: "proxy-auth", message: "407", fix: "write a loginFile" }),
    ];
    for (const failure of [away, refused, away]) {
      fake.source.failure = failure;
      await fake.clock.pass(2 * INTERVAL_MS);
    }

    const logged = fake.telemetry.lines.filter(({ text }) => text === "source failed");
    expect(logged.map(({ fields }) => fields["hint"])).toEqual(["name it in caFile", "write a loginFile"]);
    expect(fake.recorder.alerts.filter(({ kind }) => kind === "source-failed")).toHaveLength(1);

    fake.source.failure = null;
    await fake.clock.pass(2 * INTERVAL_MS);
    fake.source.failure = away;
    await fake.clock.pass(2 * INTERVAL_MS);
    expect(fake.telemetry.lines.filter(({ text }) => text === "source failed")).toHaveLength(3);
  });

  test.each([
    {
      failure: new SourceError({ code: "unreachable", message: "no route to git", fix: "fix the network" }),
      because: "Git fails",
    },
    { failure: new TypeError("cannot read properties of undefined"), because: "Grantkeeper fails" },
  ])("sends its alert once the record can be written: $because", async ({ failure }) => {
    const record = fake.recorder.record.bind(fake.recorder);
    fake.recorder.record = (settlement) =>
      settlement.alerts.length > 0 ? Promise.reject(new Error("disk")) : record(settlement);
    fake.source.failure = failure;
    await fake.clock.pass(2 * INTERVAL_MS);
    fake.recorder.record = record;
    await fake.clock.pass(4 * INTERVAL_MS);

    expect(fake.recorder.alerts.filter(({ kind }) => kind === "source-failed")).toHaveLength(1);
  });

  test("that could not be accepted is accepted by the next fetch", async () => {
    const accounts = fake.store.accounts.bind(fake.store);
    let failures = 0;
    fake.store.accounts = () => (failures++ === 0 ? Promise.reject(new Error("disk")) : accounts());
    await fake.push(manifests({ a: WRITE_ORDERS, b: READ_ORDERS }));
    const before = callsOf(aws);

    await fake.clock.pass(INTERVAL_MS);

    expect([before, callsOf(aws)]).toEqual([[], ["iam:PutRolePolicy"]]);
  });
});

describe("a fetch that fails because of a bug", () => {
  beforeEach(() => fake.startConverged(BOTH));

  test("is in the status and an alert, never shows the push as accepted, and ends by itself", async () => {
    const accepted = (await fake.control.overview()).source.accepted;
    fake.source.failure = new TypeError("cannot read properties of undefined");
    await fake.push(manifests({ a: WRITE_ORDERS, b: READ_ORDERS }));
    await fake.clock.pass(120_000);
    const { source } = await fake.control.overview();
    const alerts = fake.recorder.alerts.filter(({ kind }) => kind === "source-failed");
    fake.source.failure = null;
    await fake.clock.pass(120_000);

    expect(source.accepted).toBe(accepted);
    expect(source.failure?.message).toContain("was not processed: TypeError: cannot read properties");
    expect(alerts).toHaveLength(1);
    expect((await fake.control.overview()).source.failure).toBeNull();
    expect(callsOf(aws)).toEqual(["iam:PutRolePolicy"]);
  });

  test.each(["objectsNamed", "accounts"] as const)(
    "is alerted once while %s of the record fails",
    async (name) => {
      Object.assign(fake.store, { [name]: () => Promise.reject(new Error("disk")) });
      await fake.push(manifests({ a: WRITE_ORDERS, b: READ_ORDERS }));
      await fake.clock.pass(3 * INTERVAL_MS);

      expect(fake.recorder.alerts.filter(({ kind }) => kind === "source-failed")).toHaveLength(1);
    },
  );

  test("is in the status while the push is tried again", async () => {
    const failures: (string | undefined)[] = [];
    fake.store.objectsNamed = async () => {
      failures.push((await fake.control.overview()).source.failure?.message);
      throw new Error("disk");
    };
    await fake.push(manifests({ a: WRITE_ORDERS, b: READ_ORDERS }));
    await fake.clock.pass(3 * INTERVAL_MS);

    expect(new Set(failures.slice(1))).toEqual(new Set([expect.stringContaining("disk")]));
  });

  test("is reported even if the record cannot store the revision", async () => {
    fake.audit.failure = new Error("no space left on the device");
    await fake.push(manifests({ a: WRITE_ORDERS, b: READ_ORDERS }));

    expect((await fake.control.overview()).source.failure?.message).toContain("no space left on the device");
  });
});
