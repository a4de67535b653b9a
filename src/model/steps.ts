/**
 * A long computation in parts. At each `yield` the caller may let other work run before it asks for the next part; the
 * value is the same whether it does or not.
 */
export type Steps<Value> = Generator<void, Value, void>;

/** All parts one after the other, for callers that have nothing else to do. */
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
