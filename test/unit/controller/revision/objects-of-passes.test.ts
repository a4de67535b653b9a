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
