import { expect, test } from "@jest/globals";
import { collectionsText, parsedCollections } from "../../../src/text/collections.ts";

test.each([
  { value: { a: new Map([["k", new Set([1, new Map()])]]) }, because: "a map has maps and sets as values" },
  { value: { $map: [["a", 1]], b: { $set: [1] } }, because: "a member of a user has the name of a mark" },
  { value: { $object: [["$map", []]], $number: "Infinity" }, because: "a mark of a mark is no mark" },
  { value: [Infinity, -Infinity, 1.5], because: "a time without an end is no null" },
  { value: { text: "\u0000 \ud800 $map" }, because: "texts are kept as they are" },
])("$because", ({ value }) => {
  expect(parsedCollections(collectionsText(value))).toEqual(value);
});
