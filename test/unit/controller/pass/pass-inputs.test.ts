import { expect, test } from "@jest/globals";
import { PassInputs } from "../../../../src/controller/state/passes/pass-inputs.ts";

async function passThatBeginsBefore(change: (inputs: PassInputs) => Promise<void>): Promise<AbortSignal> {
  const inputs = new PassInputs();
  const signal = inputs.settled();
  await change(inputs);
  return signal;
}

test("a change that begins before a waiting pass goes on aborts the signal of that pass", async () => {
  const recording = Promise.withResolvers<void>();
  const during: { signal: AbortSignal | null } = { signal: null };

  const signal = await passThatBeginsBefore(async (inputs) => {
    const changed = inputs.changeBy(() => recording.promise);
    recording.resolve();
    await changed;
    during.signal = await inputs.settled();
  });

  expect(signal.aborted).toBe(true);
  expect(during.signal?.aborted).toBe(false);
});

test("a pass waits for a change in progress, also for one that fails", async () => {
  const inputs = new PassInputs();
  const recording = Promise.withResolvers<void>();
  const changed = inputs.changeBy(() => recording.promise);
  const order: string[] = [];

  const waiting = inputs.settled().then(() => order.push("pass"));
  recording.reject(new Error("the disk is full"));
  await expect(changed.finally(() => order.push("change"))).rejects.toThrow("the disk is full");
  await waiting;

  expect(order).toEqual(["change", "pass"]);
});
