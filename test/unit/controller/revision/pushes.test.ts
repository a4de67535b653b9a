import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { Key } from "../../../../src/model/keys/key.ts";
import { type FakeAws } from "../../../support/fakes/fake-aws.ts";
import { settled } from "../../../support/fakes/fake-clock.ts";
import { profileText } from "../../../support/profiles.ts";
import {
  FakeController,
  INTERVAL_MS,
  manifests,
  READ_ORDERS,
  SWEEP_MS,
  WRITE_ORDERS,
} from "../../../support/fakes/fake-controller.ts";
import { ACCOUNT, BOTH, endOf, callsOf } from "./two-functions.ts";

const KEY = `function/${ACCOUNT}/eu-west-1/orders/a` as Key;

let fake: FakeController;

let aws: FakeAws;

beforeEach(() => {
  fake = new FakeController();
  aws = fake.cloud.account(ACCOUNT);
});

afterEach(() => endOf(fake));

describe("a push", () => {
  beforeEach(() => fake.startConverged(BOTH));

  test("is applied with targeted reads of the changed keys", async () => {
    await fake.push(manifests({ a: WRITE_ORDERS, b: READ_ORDERS }));

    expect(callsOf(aws)).toEqual(["iam:PutRolePolicy"]);
    expect([
      aws.sweeps.length,
      aws.reads.every(({ roleNames }) => roleNames.join() === "a-eu-west-1"),
    ]).toEqual([0, true]);
  });

  test("is found by polling alone", async () => {
    const { fetches } = fake.source;
    fake.source.push(manifests({ a: WRITE_ORDERS, b: READ_ORDERS }));
    await fake.clock.pass(INTERVAL_MS * 1.1 + 1_000);

    expect(fake.source.fetches).toBeGreaterThan(fetches);
    expect(callsOf(aws)).toEqual(["iam:PutRolePolicy"]);
  });

  test("during a fetch is fetched after it", async () => {
    const fetching = Promise.withResolvers<void>();
    fake.source.during = () => fetching.promise;
    fake.control.fetchSoon("test", [null]);
    await settled();
    fake.source.push(manifests({ a: WRITE_ORDERS, b: READ_ORDERS }));
    fake.control.fetchSoon("test", [null]);
    fake.source.during = () => Promise.resolve();
    fetching.resolve();
    await settled();

    expect(callsOf(aws)).toEqual(["iam:PutRolePolicy"]);
  });

  test("that a webhook reports is fetched, and further reports within five seconds cause one fetch more", async () => {
    await fake.clock.pass(5_000);
    const { fetches } = fake.source;
    fake.control.pushed(null);
    await settled();
    const first = fake.source.fetches - fetches;
    for (let report = 0; report < 20; report += 1) {
      fake.control.pushed(null);
      await settled();
    }
    const within = fake.source.fetches - fetches;
    fake.source.push(manifests({ a: WRITE_ORDERS, b: READ_ORDERS }));
    await fake.clock.pass(5_000);

    expect([first, within, fake.source.fetches - fetches]).toEqual([1, 1, 2]);
    expect(callsOf(aws)).toEqual(["iam:PutRolePolicy"]);
  });

  test("of a watched directory is fetched on its change event", async () => {
    fake.source.push(manifests({ a: WRITE_ORDERS, b: READ_ORDERS }));
    fake.source.changed();
    await settled();

    expect(callsOf(aws)).toEqual(["iam:PutRolePolicy"]);
  });

  test("ends a pass under way before its next write", async () => {
    const next = manifests({ a: WRITE_ORDERS, b: WRITE_ORDERS, c: READ_ORDERS, d: READ_ORDERS });
    const writing = Promise.withResolvers<void>();
    const apply = aws.apply.bind(aws);
    aws.apply = async (action, context) => {
      await writing.promise;
      return apply(action, context);
    };
    await fake.push(next);
    await fake.push(manifests({ a: WRITE_ORDERS, b: WRITE_ORDERS }));
    writing.resolve();
    await settled();

    // c and d had begun: their roles exist, and nothing else of them was created.
    expect(callsOf(aws).filter((call) => call === "iam:CreateRole")).toHaveLength(2);
    expect(callsOf(aws).filter((call) => call === "iam:PutRolePolicy")).toHaveLength(2);
  });

  test("changes the observed generation of an object only by a pass over it", async () => {
    const generations = (): readonly (readonly [number, number])[] =>
      [...fake.store.objectRecords.values()]
        .filter(({ name }) => name === "a")
        .map(({ generation, observedGeneration }) => [generation, observedGeneration] as const);
    const looking = Promise.withResolvers<void>();
    const read = aws.read.bind(aws);
    aws.read = async (request) => {
      await looking.promise;
      return read(request);
    };
    await fake.push(manifests({ a: WRITE_ORDERS, b: READ_ORDERS }));
    const before = generations();
    looking.resolve();
    await settled();

    expect([before, generations()]).toEqual([[[2, 1]], [[2, 2]]]);
  });

  test("without manifests is refused and reported once, and the accepted revision stays in force", async () => {
    fake.source.push({ "README.md": "nothing" });
    await fake.clock.pass(3 * INTERVAL_MS);

    expect((await fake.control.overview()).source.failure?.message).toContain("0 manifests");
    expect(fake.recorder.alerts.filter(({ kind }) => kind === "source-failed")).toHaveLength(1);
    expect(fake.store.records.has(KEY)).toBe(true);
  });

  test("that breaks the file of a profile applies nothing to what the profile selects, until it is correct", async () => {
    const profile = profileText("p", "{selector: {namespaces: [orders]}}");
    const next = manifests({ a: WRITE_ORDERS, b: READ_ORDERS });
    await fake.push({ ...BOTH, "platform/p.yaml": profile });
    await fake.push({ ...next, "platform/p.yaml": profile.replace("Guardrail", "Gaurdrail") });
    await fake.push({ ...next, "platform/p.yaml": "spec: {" });
    const whileBroken = callsOf(aws);
    await fake.push({ ...next, "platform/p.yaml": profile });

    expect([whileBroken, callsOf(aws)]).toEqual([[], ["iam:PutRolePolicy"]]);
  });

  test("of a profile alone judges every function again immediately", async () => {
    await fake.push({ ...BOTH, "platform/p.yaml": profileText("p", "{rules: {ACT-002: block}}") });

    expect(aws.sweeps.length).toBe(1);
  });

  test("that removes an account from Git changes nothing in the account", async () => {
    await fake.push({ ...manifests({}, { other: "444455556666" }) });
    await fake.clock.pass(SWEEP_MS * 2);

    expect(aws.sweeps).toEqual([]);
    expect((await fake.control.overview()).accounts.map(({ name }) => name)).toEqual(["other"]);
  });

  test("that removes an account from Git leaves no approval pending there", async () => {
    const names = Array.from({ length: 30 }, (_, at) => `f${at}`);
    const all = (spec: string) => manifests(Object.fromEntries(names.map((name) => [name, spec])));
    await fake.push(all(READ_ORDERS));
    await fake.clock.pass(SWEEP_MS);
    await fake.push(all(WRITE_ORDERS));
    const held = (await fake.control.overview()).holds.map(({ code }) => code);
    await fake.push(manifests({}, { other: "444455556666" }));

    expect([held, (await fake.control.overview()).holds]).toEqual([["limit-changes"], []]);
  });

  test("that breaks an AwsAccount still compares the applied state there", async () => {
    await fake.push({
      ...manifests({ a: READ_ORDERS, b: READ_ORDERS }),
      "platform/accounts.yaml": "kind: [\n",
    });
    await fake.clock.pass(SWEEP_MS * 1.2);

    expect(aws.sweeps.length).toBeGreaterThan(0);
    expect(fake.condition(KEY, "Stalled")).toBe("True ValidationFailed");
  });
});
