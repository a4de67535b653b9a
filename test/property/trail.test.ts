import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { FC_RUNS, LAW_TIMEOUT_MS } from "../support/fc-runs.ts";
import { TRAIL_FIELDS } from "../support/trail/fields.ts";
import { TrailWorld, type TrailStep } from "../support/trail/trail-world.ts";

const step: fc.Arbitrary<TrailStep> = fc.record({
  gapMs: fc.oneof(
    fc.integer({ min: 0, max: 3_000 }),
    fc.integer({ min: 0, max: 3_000 }),
    fc.integer({ min: 0, max: 60_000 }),
  ),
  field: fc.nat(TRAIL_FIELDS.length - 1),
  value: fc.nat(2),
  isLost: fc.integer({ min: 0, max: 5 }).map((one) => one === 0),
  delayMs: fc.oneof(fc.integer({ min: 0, max: 1_500 }), fc.integer({ min: 0, max: 200_000 })),
  isRepeated: fc.boolean(),
});
const STEPS = 100;

test.each([
  {
    happening:
      "changes of every kind by principals, mixed with our own writes, whose events are lost, late, repeated and out of order",
    sweepMs: 0,
    changes: FC_RUNS * 5,
  },
  {
    happening:
      "the same changes during sweeps that read for two minutes, and show the account as it was at their start",
    sweepMs: 120_000,
    changes: FC_RUNS * 3,
  },
])(
  "$happening, cause no drift that is none, none is missed after one sweep, and no alert names another caller",
  async ({ sweepMs, changes }) => {
    const sums = { named: 0, found: 0, late: 0 };
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: STEPS, maxLength: STEPS }), async (steps) => {
        const world = new TrailWorld(sweepMs);
        await world.start();
        try {
          for (const one of steps) await world.step(one);
          await world.sweepAndCompare();

          expect(world.problems).toEqual([]);
        } finally {
          await world.stop();
        }
        sums.named += world.named;
        sums.found += world.found;
        sums.late += world.late;
      }),
      { numRuns: Math.ceil(changes / STEPS), endOnFailure: true },
    );

    // A law in which few differences arise, or are named, shows little.
    expect(sums.named).toBeGreaterThan(changes / 10);
    expect(sums.found).toBeGreaterThan(changes / 10);
    expect(sums.late).toBeGreaterThan(0);
  },
  LAW_TIMEOUT_MS * 4,
);
