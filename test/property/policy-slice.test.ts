import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { sliceToRead, type KeepablePolicies } from "../../src/judge/policy-reads/slice.ts";
import { FC_RUNS, LAW_TIMEOUT_MS } from "../support/fc-runs.ts";
import { MINUTE_MS } from "../support/pass/settled-keys.ts";

/** What may happen until the next sweep, and to it. */
interface Sweep {
  /** Of the interval: a sweep begins so long after the end of the last one. */
  readonly jitter: number;
  /** How long it takes, of the usual time. */
  readonly slowness: number;
  readonly fails: boolean;
}

const sweep: fc.Arbitrary<Sweep> = fc.record({
  jitter: fc.constantFrom(0.9, 1, 1.1),
  slowness: fc.constantFrom(1, 1.5, 2),
  fails: fc.boolean(),
});

const minutes = (...values: readonly number[]): fc.Arbitrary<number> =>
  fc.constantFrom(...values.map((value) => value * MINUTE_MS));

const installation = fc.record({
  sweepMs: minutes(1, 5, 10, 15, 30),
  withinMs: minutes(30, 60, 180, 1_440),
  usualMs: minutes(0, 1 / 6, 2, 7),
  functions: fc.integer({ min: 1, max: 60 }),
  open: fc.integer({ min: 0, max: 20 }),
});

type Drawn = typeof installation extends fc.Arbitrary<infer Value> ? Value : never;

/** The oldest reading at the end of each complete sweep, and how many policies it read. */
function simulate(drawn: Drawn, sweeps: readonly Sweep[]): readonly { oldestMs: number; read: number }[] {
  const { sweepMs, withinMs, usualMs } = drawn;
  let endedMs = 0;
  let tookMs = usualMs;
  let hasFailed = false;
  let policies: readonly KeepablePolicies[] = Array.from({ length: drawn.functions }, (_, at) => ({
    name: `f${at}`,
    readMs: -usualMs,
    isOpen: at < drawn.open,
  }));
  return sweeps.flatMap(({ jitter, slowness, fails }) => {
    const nowMs = endedMs + jitter * sweepMs;
    const durationMs = usualMs * slowness;
    endedMs = nowMs + durationMs;
    hasFailed = fails && !hasFailed;
    if (hasFailed) return [];
    const read = sliceToRead(policies, { nowMs, sweepMs, withinMs, tookMs });
    const oldestMs = Math.max(...policies.map(({ readMs }) => endedMs - readMs));
    policies = policies.map((one) => (read.has(one.name) ? { ...one, readMs: nowMs } : one));
    tookMs = durationMs;
    return [{ oldestMs, read: read.size }];
  });
}

test(
  "no reading becomes too old while every second sweep ends, or every sweep reads all since the time is too short",
  () => {
    fc.assert(
      fc.property(installation, fc.array(sweep, { minLength: 1, maxLength: 60 }), (drawn, sweeps) => {
        const results = simulate(drawn, sweeps);
        const readsAll = results.every(({ read }) => read === drawn.functions);
        const oldestMs = Math.max(0, ...results.map((one) => one.oldestMs));

        expect(readsAll ? 0 : oldestMs).toBeLessThanOrEqual(drawn.withinMs);
      }),
      { numRuns: FC_RUNS },
    );
  },
  LAW_TIMEOUT_MS,
);

test.each([
  { sweep: 5, within: 60, most: 9 },
  { sweep: 10, within: 60, most: 4 },
  { sweep: 30, within: 180, most: 4 },
])(
  "with a sweep every $sweep minutes and $within minutes, a sweep reads one of $most in a steady state",
  ({ sweep: sweepMinutes, within, most }) => {
    const drawn = {
      sweepMs: sweepMinutes * MINUTE_MS,
      withinMs: within * MINUTE_MS,
      usualMs: MINUTE_MS / 6,
      functions: 360,
      open: 0,
    };
    const steady = Array.from({ length: 100 }, () => ({ jitter: 1, slowness: 1, fails: false }));

    const reads = simulate(drawn, steady).map(({ read }) => read);

    expect(new Set(reads)).toEqual(new Set([360 / most]));
  },
);
