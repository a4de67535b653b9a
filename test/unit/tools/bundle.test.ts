import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "@jest/globals";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "gk-bundle-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("zod is the only package in the programs, without its locales, and it stays a dependency", () => {
  execFileSync(process.execPath, [join(ROOT, "tools/build.ts"), "--out", folder]);
  const texts = readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf8"));
  // esbuild names each file that it takes into a bundle.
  const bundled = texts.flatMap((text) => text.match(/^\/\/ node_modules\/.*$/gm) ?? []);
  const { dependencies } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
    readonly dependencies: Readonly<Record<string, string>>;
  };

  expect(bundled.filter((line) => !line.startsWith("// node_modules/zod/"))).toEqual([]);
  expect(bundled).not.toEqual([]);
  expect(bundled.filter((line) => line.includes("/locales/")).map((line) => line.split("/").at(-1))).toEqual([
    "en.js",
  ]);
  expect(dependencies["zod"]).toMatch(/^\d+\.\d+\.\d+$/);
});
