import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { afterEachArrival, isMissed, isWrong, judged, story } from "../../support/attribution-stories.ts";
import { FC_RUNS, LAW_TIMEOUT_MS } from "../../support/fc-runs.ts";

const RUNS = { numRuns: FC_RUNS * 3 };
const never = (): boolean => false;

describe("the author of a difference that each later event revises", () => {
  test(
    "is never another caller than the one who made it, after every event has arrived",
    () =>
      fc.assert(
        fc.property(story, (one) =>
          expect(judged(one, never, afterEachArrival(Infinity)).filter(isWrong)).toEqual([]),
        ),
        RUNS,
      ),
    LAW_TIMEOUT_MS,
  );

  test(
    "is the same as if every event had arrived before the difference was found",
    () =>
      fc.assert(
        fc.property(story, (one) => {
          const kindsAndIds = (found: ReturnType<typeof judged>) => found.map((each) => each.found);
          const later = kindsAndIds(judged(one, never, afterEachArrival(Infinity)));

          expect(later.filter(({ kind }) => kind === "named")).toEqual(
            kindsAndIds(judged(one)).filter(({ kind }) => kind === "named"),
          );
        }),
        RUNS,
      ),
    LAW_TIMEOUT_MS,
  );

  test(
    "is the caller or among the candidates, if what was found before a restart is forgotten, and the read is new",
    () =>
      fc.assert(
        fc.property(story, fc.nat(12), ({ calls, read }, restartAt) => {
          const fresh = { calls, read: { ...read, ageMs: 0 } };
          const found = judged(fresh, never, afterEachArrival(restartAt));

          expect(found.filter((one) => one.found.kind === "candidates").filter(isMissed)).toEqual([]);
        }),
        RUNS,
      ),
    LAW_TIMEOUT_MS,
  );
});
