import { setImmediate as turn } from "node:timers/promises";

/** A request yields to the event loop after this time: the controller shares it. */
const SLICE_MS = 5;

/** The items one by one, with a turn of the event loop after each few milliseconds of work. */
export async function* answeredInSlices<Item>(items: Iterable<Item>): AsyncGenerator<Item, void> {
  let untilMs = performance.now() + SLICE_MS;
  for (const item of items) {
    yield item;
    if (performance.now() < untilMs) continue;
    await turn();
    untilMs = performance.now() + SLICE_MS;
  }
}
