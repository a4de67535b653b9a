import { expect, test } from "@jest/globals";
import { pictureText, timelineBars } from "../../../src/page/view/timeline-picture.ts";

const step = (drifting: number | null, unread = 0) => ({ at: String(drifting), drifting, unread });

test("a step that was not read is never drawn as free of drift", () => {
  const { most, bars } = timelineBars([step(0), step(0, 1), step(null, 1), step(2, 1), step(4000)]);

  expect(most).toBe(4000);
  expect(bars.map(({ height, isUnknown }) => [height, isUnknown])).toEqual([
    [0, false],
    [0, true],
    [0, true],
    [4, true],
    [40, false],
  ]);
});

test.each([
  { steps: [step(0)], text: "no drift seen" },
  { steps: [step(0), step(3)], text: "drift in 1 of 2 steps, at most 3" },
  { steps: [step(0), step(null, 1)], text: "no drift seen; 1 of 2 steps not known" },
])("the picture reads: $text", ({ steps, text }) => {
  expect(pictureText(steps)).toBe(text);
});
