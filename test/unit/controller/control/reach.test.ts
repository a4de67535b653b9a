import { expect, test } from "@jest/globals";
import { askReach } from "../../../../src/controller/control/questions/ask-reach.ts";
import type { Key } from "../../../../src/model/keys/key.ts";
import { eagerLoop, STEADY_LOOP } from "../../../support/event-loop.ts";
import { arn, calls, inAws, key, mapped, read } from "../../explain/reverse/mapped.ts";

const COUNT = 250;

/** A chain of functions, each of which calls the next one. */
const CHAIN = Array.from({ length: COUNT }, (_, at) =>
  mapped(`f${at}`, read([inAws(calls(arn(`f${at + 1}`)))])),
);

/** What the record has is read in parts, and only the last part is kept. */
function chainRequest(reads: number[] = []) {
  let held = new Set<Key>();
  return {
    key: key("f0"),
    depth: 2,
    functions: CHAIN,
    readStates: async (keys: readonly Key[]) => {
      reads.push(keys.length);
      held = new Set(keys);
    },
    stateOf: (asked: Key) => {
      if (!held.has(asked)) throw new Error(`${asked} was not read`);
      const found = CHAIN.find((one) => one.key === asked);
      if (found === undefined) throw new Error(`${asked} is unknown`);
      return found.state;
    },
  };
}

test("the states of all functions are read in parts, and no more than one part is in memory", async () => {
  const reads: number[] = [];

  const answer = await askReach(chainRequest(reads), {
    eventLoop: STEADY_LOOP,
    signal: new AbortController().signal,
  });

  expect(reads).toEqual([100, 100, 50]);
  expect(answer).toMatchObject({
    kind: "ok",
    value: {
      steps: [{ runs: [{ target: "orders/f1@prod/eu-west-1", steps: [{ runs: [{ cut: null }] }] }] }],
    },
  });
});

test("other work runs between any two functions", async () => {
  const eventLoop = eagerLoop();

  await askReach(chainRequest(), { eventLoop, signal: new AbortController().signal });

  expect(eventLoop.turns()).toBeGreaterThan(2 * COUNT);
});

test("a controller that stops abandons the question", async () => {
  const stopped = AbortSignal.abort(new Error("stopping"));

  await expect(askReach(chainRequest(), { eventLoop: eagerLoop(), signal: stopped })).rejects.toThrow(
    "stopping",
  );
});
