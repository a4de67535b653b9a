import { expect, test } from "@jest/globals";
import { Acts } from "../../../src/page/view/acts.ts";

test("to open the page is an act, and the reads that follow by themselves are none", () => {
  const acts = new Acts();

  expect([acts.take(), acts.take(), acts.take()]).toEqual([true, false, false]);
});

test("several acts are one for the next request", () => {
  const acts = new Acts();
  acts.take();
  acts.note();
  acts.note();

  expect([acts.take(), acts.take()]).toEqual([true, false]);
});
