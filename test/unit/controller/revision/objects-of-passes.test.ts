import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { settled } from "../../../support/fakes/fake-clock.ts";
import {
  FakeController,
  manifests,
  READ_ORDERS,
  WRITE_ORDERS,
} from "../../../support/fakes/fake-controller.ts";
import type { Settlement } from "../../../../src/settle/settlement.ts";
import { BOTH, endOf } from "./two-functions.ts";

let fake: FakeController;

beforeEach(() => {
  fake = new FakeController();
});

afterEach(() => endOf(fake));

/** A pass read the objects, and its write waits until the returned function is called. */
function holdWriteOfPass(): () => void {
  const held = Promise.withResolvers<void>();
  const record = fake.recorder.record.bind(fake.recorder);
  fake.recorder.record = async (settlement: Settlement) => {
    const { objects = [] } = settlement.change;
    const isOfPass = objects.some((one) => one.observedGeneration === one.generation);
    if (isOfPass) await held.promise;
    return record(settlement);
  };
  return held.resolve;
}

test("a pass does not overwrite the documents of a push that arrives while it is recorded", async () => {
  await fake.startConverged(BOTH);
  const release = holdWriteOfPass();
  await fake.push(manifests({ a: WRITE_ORDERS, b: WRITE_ORDERS }));
  await fake.push(manifests({ a: READ_ORDERS }));
  release();
  await settled();
  await fake.clock.pass(1_000);

  const recorded = await fake.store.objects();
  const functions = recorded.filter(({ kind }) => kind === "FunctionPermission");
  expect(functions.map(({ name }) => name)).toEqual(["a"]);
  expect(functions[0]?.generation).toBe(3);
  expect(functions[0]?.document).not.toContain("send");
});

test("a pass reads the records of the documents that it compared, not those of others", async () => {
  await fake.startConverged(BOTH);
  const read: string[] = [];
  const named = fake.store.objectsNamed.bind(fake.store);
  fake.store.objectsNamed = (names) => {
    read.push(...names.filter(({ kind }) => kind === "FunctionPermission").map(({ name }) => name));
    return named(names);
  };
  fake.store.objects = () => Promise.reject(new Error("all objects were read"));
  await fake.push(manifests({ a: WRITE_ORDERS, b: READ_ORDERS }));
  const ofRevision = read.splice(0);
  await fake.clock.pass(5_000);
  const ofPasses = read.splice(0);
  await fake.clock.pass(5_000);

  const [a, b] = [...fake.store.objectRecords.values()].filter(({ kind }) => kind === "FunctionPermission");
  expect([...ofRevision, ...ofPasses]).toContain("a");
  expect([...ofRevision, ...ofPasses, ...read]).not.toContain("b");
  expect([a, b].map((one) => one?.observedGeneration === one?.generation)).toEqual([true, true]);
});

test("documents are observed by the next pass if the record of one fails", async () => {
  await fake.startConverged(BOTH);
  const record = fake.recorder.record.bind(fake.recorder);
  let failures = 0;
  fake.recorder.record = async (settlement: Settlement) => {
    const { objects = [] } = settlement.change;
    const isOfPass = objects.some((one) => one.observedGeneration === one.generation);
    if (isOfPass && failures === 0) {
      failures += 1;
      throw new Error("disk full");
    }
    return record(settlement);
  };
  await fake.push(manifests({ a: WRITE_ORDERS, b: READ_ORDERS })).catch(() => undefined);
  await fake.clock.pass(400_000).catch(() => undefined);

  const recorded = await fake.store.objects();
  expect(failures).toBe(1);
  expect(recorded.filter((one) => one.observedGeneration !== one.generation)).toEqual([]);
});
