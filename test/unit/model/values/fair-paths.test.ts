import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { fairByFolder } from "../../../../src/model/values/fair-paths.ts";

function fair(paths: readonly string[], most: number): readonly string[] {
  const items = paths.map((path) => ({ path }));
  return fairByFolder(items, most, ({ path }) => path).map(({ path }) => path);
}

function files(folder: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, at) => `${folder}/${String(at).padStart(3, "0")}.yaml`);
}

test.each([
  {
    because: "few paths are unchanged",
    paths: ["a/1", "b/1"],
    most: 2,
    chosen: ["a/1", "b/1"],
  },
  {
    because: "each folder has the same share",
    paths: [...files("teams/a", 9), ...files("teams/b", 9)],
    most: 4,
    chosen: [...files("teams/a", 2), ...files("teams/b", 2)],
  },
  {
    because: "the unused share of a small folder goes to a large one",
    paths: [...files("teams/a", 9), "teams/b/x"],
    most: 4,
    chosen: [...files("teams/a", 3), "teams/b/x"],
  },
  {
    because: "folders inside a folder do not increase its share",
    paths: [...files("teams/a/1", 2), ...files("teams/a/2", 2), ...files("teams/a/3", 2), "teams/b/x"],
    most: 4,
    chosen: ["teams/a/1/000.yaml", "teams/a/2/000.yaml", "teams/a/3/000.yaml", "teams/b/x"],
  },
  { because: "a path may occur several times", paths: ["a", "a", "a"], most: 2, chosen: ["a", "a"] },
])("$because", ({ paths, most, chosen }) => {
  expect(fair(paths, most)).toEqual(chosen);
});

test("as many paths as allowed are kept in order", () => {
  const path = fc.array(fc.constantFrom("a", "b", "c"), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(fc.array(path, { maxLength: 30 }), fc.nat({ max: 12 }), (paths, most) => {
      const items = paths.map((parts, at) => ({ path: parts.join("/"), at }));

      const chosen = fairByFolder(items, most, (item) => item.path).map(({ at }) => at);

      expect(chosen).toHaveLength(Math.min(most, items.length));
      expect(chosen).toEqual(chosen.toSorted((a, b) => a - b));
    }),
  );
});
