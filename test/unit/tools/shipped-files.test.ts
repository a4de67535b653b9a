import { existsSync, globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { join, relative } from "node:path";
import { describe, expect, test } from "@jest/globals";

const ROOT = join(import.meta.dirname, "../../..");
const SHIPPED = /import\.meta\.resolve\("(#[^"]+)"\)/g;
/** A path from the code is another one in the package, whose programs are bundles in dist/: only one next to it stays. */
const FROM_THE_CODE =
  /new URL\((?!"\.\/[\w-]+",)[^)]*, import\.meta\.url\)|import\.meta\.(?:dirname|filename)/;

const modules = globSync("{src,demo}/**/*.ts", { cwd: ROOT }).map((file) => ({
  file,
  text: readFileSync(join(ROOT, file), "utf8"),
}));
const { files } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
  readonly files: readonly string[];
};
const shipped = modules.flatMap(({ file, text }) =>
  [...text.matchAll(SHIPPED)].map(([, name = ""]) => ({ file, name })),
);

describe("a file of the package that the code reads", () => {
  test("is named from the package's folder, never from the folder of the code", () => {
    expect(modules.filter(({ text }) => FROM_THE_CODE.test(text)).map(({ file }) => file)).toEqual([]);
  });

  test("is read for versions, schemas, policies, the demo and ssh through a proxy", () => {
    expect(shipped.map(({ file }) => file).toSorted()).toEqual([
      "demo/root.ts",
      "src/aws/action-data/shipped-policies.ts",
      "src/cli/toolbox/output-schemas.ts",
      "src/compose/version.ts",
      "src/source/git/ssh.ts",
    ]);
  });

  test.each(shipped)("$name of $file exists and is in the package", ({ name }) => {
    const path = fileURLToPath(import.meta.resolve(name));

    expect(existsSync(path)).toBe(true);
    // npm always packs package.json.
    expect([...files, "package.json"]).toContain(relative(ROOT, path).split("/")[0]);
  });
});
