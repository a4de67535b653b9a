import { expect, test } from "@jest/globals";
import { setImmediate as turn } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Turns } from "../../../../src/model/values/turns.ts";

test("Turns that waits for its next step keeps the result of the last one out of memory", async () => {
  const turns = new Turns();
  const result = new WeakRef(await turns.inTurn(() => Promise.resolve({ records: 1_000 })));
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;

  // The objects that the last promises refer to are in memory until the end of the turn.
  await turn();
  collect();

  expect(result.deref()).toBeUndefined();
  expect(await turns.inTurn(() => Promise.resolve("next"))).toBe("next");
});

test("a step of Turns runs after one that failed, whose error only its own caller gets", async () => {
  const turns = new Turns();
  const failed = turns.inTurn(() => Promise.reject(new Error("lost")));
  const next = turns.inTurn(() => Promise.resolve("next"));

  await expect(failed).rejects.toThrow("lost");
  await expect(next).resolves.toBe("next");
});
