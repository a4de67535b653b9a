import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { PAGES } from "../../../tools/pages/all.ts";
import { withPart } from "../../../tools/pages/page.ts";

const ROOT = join(import.meta.dirname, "../../..");

describe("the generated part of a page", () => {
  test.each(PAGES)("of $path matches its source (node bin/launch.mjs tools/write-docs.ts)", async (page) => {
    const before = await readFile(join(ROOT, page.path), "utf8");

    expect(before).toBe(await page.text(before));
  });

  test("a page without the marks of its generated part is an error", () => {
    expect(() => withPart("# A page\n", "metrics", "| a table |")).toThrow(/has no part "metrics"/);
  });
});
