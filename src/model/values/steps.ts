/**
 * A long computation in parts. At each `yield` the caller may run other work before it requests the next part; the
 * result is the same in both cases.
 */
export type Steps<Value> = Generator<void, Value, void>;

/** Runs all parts one after the other, for callers without other work. */
export function complete<Value>(steps: Steps<Value>): Value {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** `Array.map` with a pause after each item. */
export function* mapSteps<Item, Value>(
  items: Iterable<Item>,
  valueOf: (item: Item) => Value,
): Steps<Value[]> {
  const values: Value[] = [];
  for (const item of items) {
    values.push(valueOf(item));
    yield;
  }
  return values;
}
