import { formatPath } from "../../../src/text/located/value-path.ts";
import { describe, expect, test } from "@jest/globals";

describe("the text of a path", () => {
  test.each([
    { path: [], text: "", because: "the document itself has no path" },
    {
      path: ["spec", "grants", 3, "dynamodb"],
      text: "spec.grants[3].dynamodb",
      because: "positions start at 0",
    },
    {
      path: ["tags", "cost center"],
      text: 'tags["cost center"]',
      because: "a key that is not a plain word is quoted",
    },
    { path: [0, "spec"], text: "[0].spec", because: "a list may be first" },
    { path: ["", "a"], text: '[""].a', because: "an empty key is a key" },
    { path: ["3", 3], text: '["3"][3]', because: "a key of digits is not a position in a list" },
  ])("is exact: $because", ({ path, text }) => {
    expect([formatPath(path), formatPath(path)]).toEqual([text, text]);
  });

  test("is the same after more paths than the cache holds", () => {
    const texts = Array.from({ length: 12_000 }, (_, at) => formatPath(["spec", `key${at}`]));

    expect(new Set(texts).size).toBe(12_000);
    expect(formatPath(["spec", "key0"])).toBe("spec.key0");
    expect(formatPath(["spec", "key11999", 1])).toBe("spec.key11999[1]");
  });
});
