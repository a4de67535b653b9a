import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { CallRateLimits } from "../../../src/aws/requests/rate-limits.ts";
import { DEFAULT_BUDGETS } from "../../../src/aws/requests/budgets.ts";
import { Loop } from "../../../src/controller/loop.ts";
import { ControllerState } from "../../../src/controller/state/controller-state.ts";
import type { AccountId } from "../../../src/model/aws/ids.ts";
import type { Key } from "../../../src/model/keys/key.ts";
import { FakeClock, settled } from "../../support/fakes/fake-clock.ts";
import { desiredAccount, REGION } from "../../support/pass/bindings.ts";

/** At 15 reads of policies a second, a sweep of them takes 11 minutes, and longer while AWS throttles. */
const FUNCTIONS = 10_000;
const MINUTE_MS = 60_000;
/** The time that a pass over one key of a quiet account needs: its reads are in the burst of its own budget. */
const READS_OF_A_KEY = 6;

const SMALL = "000000000099" as AccountId;
const KEY = `function/${SMALL}/${REGION}/orders/a` as Key;
const largeAccount = (at: number): AccountId => `${at}`.padStart(12, "0") as AccountId;

let clock: FakeClock;
let state: ControllerState;
let stop: AbortController;
let limits: CallRateLimits;
/** How long after its key became due the reads of each pass over the small account ended. */
let delaysMs: number[];
let dueMs: number;
let done: Promise<void>;

beforeEach(() => {
  clock = new FakeClock(1_000_000);
  state = new ControllerState();
  state.source.fetchAt(Infinity);
  stop = new AbortController();
  limits = new CallRateLimits(DEFAULT_BUDGETS, clock);
  delaysMs = [];
});
afterEach(async () => {
  stop.abort();
  await done;
});

/** AWS throttles the large accounts every ten seconds. */
async function pass(id: AccountId): Promise<void> {
  const limit = limits.limitOf({
    account: desiredAccount({ id }),
    region: REGION,
    family: "lambdaGetPolicy",
    urgency: "read",
  });
  const reads = id === SMALL ? READS_OF_A_KEY : FUNCTIONS;
  let throttledMs = clock.nowMs();
  for (let read = 0; read < reads; read += 1) {
    await limit.take(stop.signal);
    if (id === SMALL || clock.nowMs() - throttledMs < 10_000) continue;
    throttledMs = clock.nowMs();
    limit.throttled();
  }
  if (id === SMALL) delaysMs.push(clock.nowMs() - dueMs);
}

/** The sweeps of so many large accounts are due first. */
function start(large: number): void {
  for (let at = 1; at <= large; at += 1) state.queue.addSweep(largeAccount(at), clock.nowMs());
  const loop = new Loop(state, clock, {
    fetch: () => Promise.resolve(),
    pass: ({ accountId }) => pass(accountId).catch(() => undefined),
    tick: () => Promise.resolve(),
  });
  done = loop.run(stop.signal);
}

/** The key of the small account becomes due now, as a change event makes it due. */
async function becomesDue(withinMs: number): Promise<void> {
  dueMs = clock.nowMs();
  state.queue.addKey(KEY, dueMs);
  await clock.pass(withinMs);
}

describe("a key that is due is read", () => {
  test("within a second while a sweep of another account of 10,000 functions is throttled", async () => {
    start(1);
    await settled();

    for (let minute = 0; minute < 5; minute += 1) await becomesDue(MINUTE_MS);

    expect(state.queue.isRunning(largeAccount(1))).toBe(true);
    expect(delaysMs).toHaveLength(5);
    expect(Math.max(...delaysMs)).toBeLessThanOrEqual(1_000);
  });

  test.each([4, 31])(
    "within 16 seconds after sweeps of %i such accounts began, and within a second once they are slow",
    async (large) => {
      start(large);
      await settled();

      await becomesDue(MINUTE_MS);
      expect(delaysMs).toHaveLength(1);
      expect(delaysMs[0]).toBeLessThanOrEqual(16_000);

      await clock.pass(2 * MINUTE_MS);
      await becomesDue(MINUTE_MS);
      expect(delaysMs[1]).toBeLessThanOrEqual(1_000);
    },
  );
});
