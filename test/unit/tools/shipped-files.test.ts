import { globSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { describe, expect, test } from "@jest/globals";

const ROOT = join(import.meta.dirname, "../../..");
const SHIPPED = /new URL\(["`](\.\.\/[^"`]+)["`], import\.meta\.url\)/g;

const modules = globSync("src/**/*.ts", { cwd: ROOT })
  .toSorted()
  .flatMap((file) => {
    const paths = [...readFileSync(join(ROOT, file), "utf8").matchAll(SHIPPED)].map(([, path = ""]) => path);
    return paths.length === 0 ? [] : [{ file, paths }];
  });

describe("files that a module reads next to the code", () => {
  test("are read by the modules of versions, schemas and policies", () => {
    expect(modules.map(({ file }) => file)).toEqual([
      "src/aws/action-data/shipped-policies.ts",
      "src/cli/toolbox/output-schemas.ts",
      "src/compose/version.ts",
    ]);
  });

  test.each(modules)("$file finds the same file in a checkout and in a package", ({ file, paths }) => {
    const [inCheckout = "", inPackage = "", ...others] = paths;
    const folder = posix.dirname(file);

    expect(others).toEqual([]);
    expect(posix.join(folder, inCheckout)).toMatch(/^(data\/|package\.json$)/);
    expect(posix.join("dist", folder, inPackage)).toBe(posix.join(folder, inCheckout));
  });
});
