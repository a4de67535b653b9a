import { describe, expect, test } from "@jest/globals";
import { readTree } from "../../../src/source/objects/tree-object.ts";

function faultOf(bytes: Uint8Array, hashBytes = 20): string | undefined {
  const read = readTree(bytes, { hashBytes, maxEntries: 10 });
  return read.kind === "malformed" ? read.fault : undefined;
}

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
  ])("is well-formed: $because", ({ entries }) => {
    expect(faultOf(tree(entries))).toBeUndefined();
    expect(faultOf(tree(entries, 32), 32)).toBeUndefined();
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
    expect(faultOf(tree(entries))).toBe(fault);
  });

  test("that ends inside an entry is malformed, at any position", () => {
    const entire = tree([
      ["100644", "a"],
      ["100644", "b"],
    ]);
    const first = tree([["100644", "a"]]).length;

    for (let length = 1; length < entire.length; length += 1)
      expect(faultOf(entire.subarray(0, length))).toBe(length === first ? undefined : "an entry is cut off");
  });

  test("returns its entries with modes as Git normalizes them, and with names in UTF-8", () => {
    const bytes = tree([
      ["100664", "a"],
      ["100775", "b"],
      ["40000", "c"],
      ["040000", "d"],
      ["120777", "e"],
      ["160000", "f"],
      ["9", "g\xff"],
    ]);

    expect(readTree(bytes, { hashBytes: 20, maxEntries: 10 })).toEqual({
      kind: "entries",
      entries: [
        ["100644", "a"],
        ["100755", "b"],
        ["040000", "c"],
        ["040000", "d"],
        ["120000", "e"],
        ["160000", "f"],
        ["000000", "g\ufffd"],
      ].map(([mode, name]) => ({ mode, name, oid: "07".repeat(20) })),
    });
  });

  test("keeps only the start of a name of a megabyte", () => {
    const read = readTree(tree([["100644", "x".repeat(1_048_576)]]), { hashBytes: 20, maxEntries: 10 });

    expect(read).toMatchObject({ entries: [{ name: "x".repeat(4_096) }] });
  });

  test.each([
    { count: 2, kind: "entries", because: "the limit itself is allowed" },
    { count: 3, kind: "too-many", because: "one entry more is not read" },
  ])("with $count entries is $kind: $because", ({ count, kind }) => {
    const entries = Array.from({ length: count }, (_, index) => ["100644", String(index)] as const);

    expect(readTree(tree(entries), { hashBytes: 20, maxEntries: 2 }).kind).toBe(kind);
  });
});
