import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";

const ROOT = join(import.meta.dirname, "../../..");

/** Code spans that name a file or a folder of the repository. */
const PATH = /`((?:src|test|bin|docs|tools|bench|demo|data|manifests)\/[\w./-]*)`/g;

test.each(["docs/development.md", "src/README.md", "README.md"])(
  "every path that %s names exists",
  (page) => {
    const text = readFileSync(join(ROOT, page), "utf8");

    const missing = [...text.matchAll(PATH)]
      .map(([, path = ""]) => path)
      .filter((path) => !existsSync(join(ROOT, path)));

    expect(missing).toEqual([]);
  },
);

test("every path below src that the page of the layout names exists", () => {
  const text = readFileSync(join(ROOT, "src/README.md"), "utf8");
  const folders = readdirSync(join(ROOT, "src")).filter((name) => !name.includes("."));
  const path = new RegExp(`\`((?:${folders.join("|")})/[\\w./-]*)\``, "g");

  const paths = [...text.matchAll(path)].map(([, name = ""]) => name);

  expect(paths.length).toBeGreaterThan(60);
  expect(paths.filter((name) => !existsSync(join(ROOT, "src", name)))).toEqual([]);
});

test("the newcomer's page names at least twenty paths", () => {
  const text = readFileSync(join(ROOT, "docs/development.md"), "utf8");

  expect([...text.matchAll(PATH)].length).toBeGreaterThan(20);
});
