import { expect, test } from "@jest/globals";
import { KnownItems, type ItemChange } from "../../../../src/cli/resources/watch/known-items.ts";

interface Item {
  readonly metadata: { readonly name: string; readonly namespace: string; readonly resourceVersion: string };
  readonly state: string;
}

function item(name: string, state = "ok", resourceVersion = "1"): Item {
  return { metadata: { name, namespace: "orders", resourceVersion }, state };
}

function texts(changes: readonly ItemChange<Item>[]): readonly string[] {
  return changes.map(({ kind, item: { metadata, state } }) => `${kind} ${metadata.name} ${state}`);
}

const SELECTS_ALL = (): boolean => true;
const KNOWN = (): boolean => false;
const UNKNOWN = (): boolean => true;

function knownItems(...items: readonly Item[]): KnownItems<Item> {
  const known = new KnownItems<Item>(SELECTS_ALL);
  known.listed(items, KNOWN);
  return known;
}

test("a later list is compared with what is known: only differences are changes", () => {
  const known = knownItems(item("a"), item("b"), item("c"));

  const changes = known.listed([item("a"), item("c", "broken"), item("d")], KNOWN);

  expect(texts(changes)).toEqual(["removed b ok", "changed c broken", "added d ok"]);
});

test("another version alone is no change: after a restart, every object has another one", () => {
  expect(knownItems(item("a")).listed([item("a", "ok", "900")], KNOWN)).toEqual([]);
});

test("what an account that was not compared had is not removed, until the account was compared", () => {
  const known = knownItems(item("a"), item("b"));

  const atRestart = known.listed([], UNKNOWN);
  const wasDoubtful = known.isDoubtful;
  const found = known.changed(item("a"));
  const later = known.compared(KNOWN);

  expect([texts(atRestart), wasDoubtful]).toEqual([[], true]);
  expect(texts(found)).toEqual([]);
  expect([texts(later), known.isDoubtful]).toEqual([["removed b ok"], false]);
});

test("an object that does not meet the selection any more is removed, as it was known last", () => {
  const known = new KnownItems<Item>(({ state }) => state === "ok");
  known.listed([item("a"), item("b", "broken")], KNOWN);

  expect(texts(known.changed(item("b", "worse")))).toEqual([]);
  expect(texts(known.changed(item("a", "broken")))).toEqual(["removed a ok"]);
  expect(texts(known.changed(item("b")))).toEqual(["added b ok"]);
});

test("an object that was not shown is not removed", () => {
  expect(knownItems().removed(item("a"))).toEqual([]);
});
