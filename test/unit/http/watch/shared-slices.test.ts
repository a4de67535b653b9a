import { expect, test } from "@jest/globals";
import { setImmediate as turn } from "node:timers/promises";
import { SharedSlices } from "../../../../src/http/watch/shared-slices.ts";

/** Keeps the process busy, as lines of JSON do. */
function work(ms: number): void {
  const untilMs = performance.now() + ms;
  while (performance.now() < untilMs);
}

test("pieces of work that are asked for together are not done in one turn of the event loop", async () => {
  const slices = new SharedSlices();
  let turns = 0;
  const over = new AbortController();
  const counting = (async () => {
    for (; !over.signal.aborted; turns += 1) await turn();
  })();

  const all = await Promise.all(Array.from({ length: 40 }, (_, at) => slices.run(() => (work(1), at))));
  over.abort();
  await counting;

  expect(all).toEqual(Array.from({ length: 40 }, (_, at) => at));
  expect(turns).toBeGreaterThanOrEqual(6);
});

test("a piece that fails ends only itself", async () => {
  const slices = new SharedSlices();
  const failure = new Error("broken");

  const failing = slices.run(() => {
    throw failure;
  });
  const next = slices.run(() => 1);

  await expect(failing).rejects.toBe(failure);
  await expect(next).resolves.toBe(1);
});

test("while others work, they have most of the time", async () => {
  const slices = new SharedSlices();
  const over = new AbortController();
  let turns = 0;
  const other = (async () => {
    for (; !over.signal.aborted; turns += 1) {
      work(2);
      await turn();
    }
  })();

  await Promise.all(Array.from({ length: 40 }, () => slices.run(() => work(1))));
  over.abort();
  await other;

  expect(turns).toBeGreaterThanOrEqual(20);
});
