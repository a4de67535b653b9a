import { expect, test } from "@jest/globals";
import { areChanges, followedTo, hasGap } from "../../../src/page/view/live/followed.ts";
import type { RowEvent } from "../../../src/page/view/live/watch-events.ts";

const bookmark = (version: string): RowEvent => ({ kind: "version", version });
const removed = (version: string): RowEvent => ({
  kind: "removed",
  version,
  key: "function/1/eu/orders/api" as never,
});
const ended: RowEvent = { kind: "ended", message: "too old resource version" };

test.each<{ readonly events: readonly RowEvent[]; readonly version: string; readonly because: string }>([
  { events: [], version: "10", because: "nothing was reported" },
  { events: [removed("12"), bookmark("15")], version: "15", because: "a bookmark moves it too" },
  { events: [removed("9")], version: "10", because: "an earlier change was there already" },
  { events: [removed("12"), ended], version: "12", because: "the end of a watch has no version" },
])("the changes are followed to $version: $because", ({ events, version }) => {
  expect(followedTo("10", events)).toBe(version);
});

test.each<{ readonly events: readonly RowEvent[]; readonly isRead: boolean; readonly because: string }>([
  { events: [bookmark("15"), ended], isRead: false, because: "no object has changed" },
  { events: [bookmark("15"), removed("16")], isRead: true, because: "an object is gone" },
])("what a screen shows is read again: $isRead, since $because", ({ events, isRead }) => {
  expect(areChanges(events)).toBe(isRead);
});

test("rows that are older than the beginning of the stream lack changes, and other rows do not", () => {
  expect(["9", "10", "11"].map((version) => hasGap(version, "10"))).toEqual([true, false, false]);
});
