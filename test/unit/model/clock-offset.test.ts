import { describe, expect, test } from "@jest/globals";
import {
  isSmallOffset,
  offsetText,
  SAME_CLOCK,
  spannedOffset,
} from "../../../src/model/changes/clock-offset.ts";

const at = (ms: number) => ({ minMs: ms - 100, maxMs: ms + 100, wasSet: false });

describe("the offset of AWS's clock", () => {
  test.each([
    [600_000, "the clock of the controller is 10 minutes behind AWS's"],
    [-600_000, "the clock of the controller is 10 minutes ahead of AWS's"],
    [7_000, "the clock of the controller is 7 seconds behind AWS's"],
    [-119_000, "the clock of the controller is 119 seconds ahead of AWS's"],
  ])("of %i ms is shown as a sentence", (ms, text) => {
    expect(offsetText(at(ms))).toBe(text);
  });

  test("over two periods is that of both, and not known if one of them is not", () => {
    expect(spannedOffset(at(0), at(50))).toEqual({ minMs: -100, maxMs: 150, wasSet: false });
    expect(spannedOffset(at(0), at(1_000))).toEqual({ minMs: -100, maxMs: 1_100, wasSet: true });
    expect(spannedOffset(at(0), null)).toBeNull();
    expect(spannedOffset(undefined, at(0))).toBeNull();
  });

  test("is small up to five seconds, and never if it is not known", () => {
    expect([SAME_CLOCK, at(4_900), at(4_901), at(-4_901), null].map(isSmallOffset)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});
