import { expect, test } from "@jest/globals";
import { askReach } from "../../../../src/controller/control/questions/ask-reach.ts";
import type { Key } from "../../../../src/model/keys/key.ts";
import { eagerLoop, STEADY_LOOP } from "../../../support/event-loop.ts";
import { arn, calls, inAws, key, mapped, read } from "../../explain/reverse/mapped.ts";

const COUNT = 250;
const NO_LINES = mapped("none", read([])).state.effective;

/** A chain of functions, each of which calls the next one. */
const CHAIN = Array.from({ length: COUNT }, (_, at) =>
  mapped(`f${at}`, read([inAws(calls(arn(`f${at + 1}`)))])),
);

/** How many functions each read was of. */
interface Reads {
  readonly access: number[];
  readonly states: number[];
}

/** What the record has is read in parts, and only the last part is kept. */
function chainRequest(reads: Reads = { access: [], states: [] }) {
  let held = new Set<Key>();
  const access = new Set<Key>();
  const stateOf = (asked: Key) => {
    const found = CHAIN.find((one) => one.key === asked);
    if (found === undefined) throw new Error(`${asked} is unknown`);
    return found.state;
  };
  return {
    key: key("f0"),
    depth: 2,
    functions: CHAIN,
    readStates: async (keys: readonly Key[]) => {
      reads.states.push(keys.length);
      held = new Set(keys);
    },
    stateOf: (asked: Key) => {
      if (!held.has(asked)) throw new Error(`${asked} was not read`);
      return stateOf(asked);
    },
    readAccess: async (keys: readonly Key[]) => {
      reads.access.push(keys.length);
      for (const one of keys) access.add(one);
    },
    accessOf: (asked: Key) => {
      if (!access.has(asked)) throw new Error(`${asked} was not read`);
      const state = stateOf(asked);
      return { ...state, effective: NO_LINES };
    },
  };
}

test("the permissions of the reached functions alone are read, and who may call each of the others, in parts", async () => {
  const reads: Reads = { access: [], states: [] };

  const answer = await askReach(chainRequest(reads), {
    eventLoop: STEADY_LOOP,
    signal: new AbortController().signal,
  });

  expect(reads).toEqual({ access: [100, 100, 50], states: [1, 1, 1] });
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

  expect(eventLoop.turns()).toBeGreaterThan(COUNT);
});

test("a controller that stops abandons the question", async () => {
  const stopped = AbortSignal.abort(new Error("stopping"));

  await expect(askReach(chainRequest(), { eventLoop: eagerLoop(), signal: stopped })).rejects.toThrow(
    "stopping",
  );
});
