import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import {
  isMissed,
  isUnfounded,
  isWrong,
  judged,
  story,
  type JudgedStory,
  type Story,
} from "../../support/attribution-stories.ts";
import { driftFingerprint, driftOfFingerprint } from "../../../src/model/drift.ts";
import { attributionOf } from "../../../src/settle/drift/attribution.ts";
import { FC_RUNS, LAW_TIMEOUT_MS } from "../../support/fc-runs.ts";

/** The law returns the differences that break it. */
const lawOf = (broken: (one: Story) => readonly JudgedStory[]) =>
  fc.property(story, (one) => expect(broken(one)).toEqual([]));
const RUNS = { numRuns: FC_RUNS * 5 };

describe("the author of each difference of a role, in any order of calls, own writes, and events that are late or repeated", () => {
  test(
    "is never another caller than the one who made it, if no event is lost",
    () =>
      fc.assert(
        lawOf((one) => judged(one).filter(isWrong)),
        RUNS,
      ),
    LAW_TIMEOUT_MS,
  );

  test(
    "is the caller or among the candidates, if no event is lost and the read is new",
    () =>
      fc.assert(
        lawOf(({ calls, read }) => judged({ calls, read: { ...read, ageMs: 0 } }).filter(isMissed)),
        RUNS,
      ),
    LAW_TIMEOUT_MS,
  );

  test(
    "is the same if only the fingerprint of the difference is known, as after it ended",
    () =>
      fc.assert(
        fc.property(story, (one) => {
          const ended = judged(one, undefined, (drift, sighting) =>
            attributionOf(driftOfFingerprint(driftFingerprint(drift)), sighting),
          );

          expect(ended).toEqual(judged(one));
        }),
        RUNS,
      ),
    LAW_TIMEOUT_MS,
  );

  test(
    "is another caller only if the event of the one who made it is lost",
    () =>
      fc.assert(
        lawOf((one) =>
          judged(one, ({ isLost }) => isLost).filter(
            (each) => isWrong(each) && each.authors.some(({ isLost }) => !isLost),
          ),
        ),
        RUNS,
      ),
    LAW_TIMEOUT_MS,
  );

  test(
    "is a caller who set the same since the last read and our last write, and whose call no other known one undid",
    () =>
      fc.assert(
        lawOf((one) => judged(one, ({ isLost }) => isLost).filter((each) => isUnfounded(each, one))),
        RUNS,
      ),
    LAW_TIMEOUT_MS,
  );
});
