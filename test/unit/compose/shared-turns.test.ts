import { setImmediate as immediate } from "node:timers/promises";
import { expect, test } from "@jest/globals";
import { SharedTurns } from "../../../src/compose/process/shared-turns.ts";

/** Those who went on, after each of so many turns of the event loop. */
async function goneOn(turns: SharedTurns, names: readonly string[], count: number): Promise<string[]> {
  const gone: string[] = [];
  for (const name of names) void turns.next().then(() => gone.push(name));
  const after: string[] = [];
  for (let turn = 0; turn < count; turn += 1) {
    await immediate();
    after.push(gone.join(""));
  }
  return after;
}

test("in one turn of the event loop, only one of those who wait goes on, in their order", async () => {
  expect(await goneOn(new SharedTurns(1), ["a", "b", "c"], 4)).toEqual(["a", "ab", "abc", "abc"]);
});

test("as many go on in one turn as may", async () => {
  expect(await goneOn(new SharedTurns(2), ["a", "b", "c"], 3)).toEqual(["ab", "abc", "abc"]);
});

test("one who waits again goes on after the others who wait", async () => {
  const turns = new SharedTurns(1);
  const gone: string[] = [];
  const twice = async (name: string): Promise<void> => {
    for (let turn = 0; turn < 2; turn += 1) {
      await turns.next();
      gone.push(name);
    }
  };

  await Promise.all([twice("a"), twice("b")]);

  expect(gone).toEqual(["a", "b", "a", "b"]);
});
