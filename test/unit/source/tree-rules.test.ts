import { describe, expect, test } from "@jest/globals";
import { treeFault } from "../../../src/source/tree-rules.ts";

function tree(entries: readonly (readonly [mode: string, name: string])[], hashBytes = 20): Uint8Array {
  return Buffer.concat(
    entries.flatMap(([mode, name]) => [
      Buffer.from(`${mode} ${name}\0`, "latin1"),
      Buffer.alloc(hashBytes, 7),
    ]),
  );
}

describe("a tree object", () => {
  test.each<{ readonly because: string; readonly entries: Parameters<typeof tree>[0] }>([
    { because: "it is empty", entries: [] },
    {
      because: "files and links are sorted by name",
      entries: [
        ["100644", "a"],
        ["120000", "b"],
      ],
    },
    {
      because: "a folder is sorted as if it ended with a slash",
      entries: [
        ["100644", "a.yaml"],
        ["40000", "a"],
        ["100644", "a0"],
      ],
    },
    { because: "names need not be UTF-8", entries: [["100644", "a\xff"]] },
  ])("is sound: $because", ({ entries }) => {
    expect(treeFault(tree(entries), 20)).toBeUndefined();
    expect(treeFault(tree(entries, 32), 32)).toBeUndefined();
  });

  test.each<{ readonly fault: string; readonly entries: Parameters<typeof tree>[0] }>([
    { fault: "an entry has no name", entries: [["100644", ""]] },
    { fault: "the name of an entry is a path", entries: [["100644", "a/b"]] },
    {
      fault: "two entries have the same name",
      entries: [
        ["100644", "a"],
        ["100644", "a"],
      ],
    },
    {
      fault: "two entries have the same name",
      entries: [
        ["100644", "a"],
        ["100644", "a.yaml"],
        ["40000", "a"],
      ],
    },
    {
      fault: "the entries are not sorted",
      entries: [
        ["100644", "b"],
        ["100644", "a"],
      ],
    },
    {
      fault: "the entries are not sorted",
      entries: [
        ["40000", "a"],
        ["100644", "a.yaml"],
      ],
    },
  ])("is malformed: $fault", ({ entries, fault }) => {
    expect(treeFault(tree(entries), 20)).toBe(fault);
  });

  test("that ends in an entry is malformed, wherever it ends", () => {
    const whole = tree([
      ["100644", "a"],
      ["100644", "b"],
    ]);
    const first = tree([["100644", "a"]]).length;

    for (let length = 1; length < whole.length; length += 1)
      expect(treeFault(whole.subarray(0, length), 20)).toBe(
        length === first ? undefined : "an entry is cut off",
      );
  });
});
