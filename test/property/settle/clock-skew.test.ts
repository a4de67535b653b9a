import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { isMissed, isWrong, judged, story, type WrongClock } from "../../support/attribution-stories.ts";
import { FC_RUNS, LAW_TIMEOUT_MS } from "../../support/fc-runs.ts";

const MINUTE_MS = 60_000;
const offsetMs = fc.oneof(
  fc.integer({ min: -15 * MINUTE_MS, max: 15 * MINUTE_MS }),
  fc.integer({ min: -6_000, max: 6_000 }),
  fc.constant(0),
);
/** The clock of the controller is up to 15 minutes off, and is set at any moment, also during a read. */
const clock: fc.Arbitrary<WrongClock> = fc
  .tuple(offsetMs, offsetMs, fc.boolean())
  .chain(([first, later, isSet]) =>
    fc.record({
      offsetMs: fc.constant(first),
      // Less is not seen as set, and no program that keeps the time sets it by less.
      laterMs: fc.constant(isSet && Math.abs(later - first) > 100 ? later : first),
      setAtMs: fc.oneof(
        fc.integer({ min: -2 * MINUTE_MS, max: 20 * MINUTE_MS }),
        fc.integer({ min: 2 * MINUTE_MS - 2_000, max: 2 * MINUTE_MS + 5_000 }),
      ),
      requestMs: fc.oneof(fc.constant(20), fc.integer({ min: 1, max: 8_000 })),
    }),
  );
const RUNS = { numRuns: FC_RUNS * 5 };

describe("the author of each difference, by a controller whose clock is up to 15 minutes off", () => {
  test(
    "is never another caller than the one who made it, if no event is lost",
    () =>
      fc.assert(
        fc.property(story, clock, (one, wrong) =>
          expect(judged({ ...one, clock: wrong }).filter(isWrong)).toEqual([]),
        ),
        RUNS,
      ),
    LAW_TIMEOUT_MS,
  );

  test(
    "is the caller or among the candidates, if no event is lost, the read is new, and the clock is not set",
    () =>
      fc.assert(
        fc.property(story, clock, ({ calls, read }, wrong) => {
          const seen = { ...read, ageMs: 0 };
          const steady = { ...wrong, laterMs: wrong.offsetMs };
          expect(judged({ calls, read: seen, clock: steady }).filter(isMissed)).toEqual([]);
        }),
        RUNS,
      ),
    LAW_TIMEOUT_MS,
  );

  test(
    "is named only if the clocks differ by less than 5 seconds",
    () =>
      fc.assert(
        fc.property(story, clock, (one, wrong) => {
          const named = judged({ ...one, clock: wrong }).filter(({ found }) => found.kind === "named");
          const isOff = Math.min(Math.abs(wrong.offsetMs), Math.abs(wrong.laterMs)) > 5_000;
          expect(isOff ? named : []).toEqual([]);
        }),
        RUNS,
      ),
    LAW_TIMEOUT_MS,
  );

  test("is still named by a clock that is two seconds off", () => {
    const steady = { offsetMs: 2_000, laterMs: 2_000, setAtMs: 0, requestMs: 20 };
    const call = { field: 0, value: 1, isOwn: false, isLost: false, delayMs: 1_000, isRepeated: false };
    const read = { fromMs: 2 * MINUTE_MS, lastsMs: 100, afterMs: 50, ageMs: 0 };

    const found = judged({ calls: [{ ...call, atMs: 60_500 }], read, clock: steady });

    expect(found.map((one) => one.found.kind)).toEqual(["named"]);
  });
});
