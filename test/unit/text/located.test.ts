import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { packed, placeAt } from "../../../src/text/located/located.ts";
import type { LocatedTree } from "../../../src/text/located/tree.ts";
import type { ValuePath } from "../../../src/text/located/value-path.ts";

const { tree } = fc.letrec<{ tree: LocatedTree }>((tie) => ({
  tree: fc.record({
    line: fc.nat(),
    column: fc.nat(),
    keyLine: fc.nat(),
    keyColumn: fc.nat(),
    sourceText: fc.option(fc.string(), { nil: null }),
    members: fc.oneof(
      { maxDepth: 3 },
      fc.constant(null),
      fc.array(tie("tree"), { maxLength: 4 }),
      fc.dictionary(fc.oneof(fc.string(), fc.constantFrom("1", "a", "aa", "constructor")), tie("tree")),
    ),
  }),
}));

/** Every value of the tree with its path. */
function valuesOf(node: LocatedTree, path: ValuePath = []): readonly (readonly [ValuePath, LocatedTree])[] {
  const isList = Array.isArray(node.members);
  const members = Object.entries<LocatedTree>(node.members ?? {});
  return [
    [path, node],
    ...members.flatMap(([name, member]) => valuesOf(member, [...path, isList ? Number(name) : name])),
  ];
}

test("every value is found at its path, with the place and kind that the tree has", () => {
  fc.assert(
    fc.property(tree, (root) => {
      const located = packed(root);

      for (const [path, { members, ...place }] of valuesOf(root)) {
        const kind = members === null ? "scalar" : Array.isArray(members) ? "list" : "object";
        expect(placeAt(located, path)).toEqual({ ...place, kind });
      }
    }),
  );
});

test("a path that is not in the tree has no place: a name of no member, an index out of range, a part of a scalar", () => {
  fc.assert(
    fc.property(tree, fc.oneof(fc.string(), fc.integer({ min: -2, max: 6 })), (root, step) => {
      const located = packed(root);
      const paths = new Set(valuesOf(root).map(([path]) => JSON.stringify(path)));

      for (const [path] of valuesOf(root)) {
        const inside = [...path, step];
        expect(placeAt(located, inside) === undefined).toBe(!paths.has(JSON.stringify(inside)));
      }
    }),
  );
});
