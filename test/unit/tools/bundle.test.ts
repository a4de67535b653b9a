import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "gk-bundle-"));
beforeAll(() => {
  execFileSync(process.execPath, [join(ROOT, "tools/build.ts"), "--out", folder]);
});
afterAll(() => rmSync(folder, { recursive: true }));

test("zod is the only package in the programs, without its locales, and it stays a dependency", () => {
  const programs = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
  const texts = programs.map(({ name }) => readFileSync(join(folder, name), "utf8"));
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

describe("the page in the package", () => {
  const read = (name: string): string => readFileSync(join(folder, "page", name), "utf8");
  const pagePackages = (): readonly {
    readonly name: string;
    readonly version: string;
    readonly license: string;
  }[] => JSON.parse(read("page.json")).packages;

  test("lists the packages in its bundle, each with its version, licence and notice", () => {
    const { devDependencies } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
    const found = new Map(pagePackages().map(({ name, version }) => [name, version]));

    for (const name of ["react", "react-dom"]) expect(found.get(name)).toBe(devDependencies[name]);
    for (const { name, version, license } of pagePackages())
      expect(read("licences.txt")).toContain(`${name} ${version} (${license})\n`);
  });

  test("has only packages with licences that need nothing but their notice", () => {
    const licences = new Set(pagePackages().map(({ license }) => license));

    expect(
      [...licences].filter(
        (each) => !["MIT", "ISC", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0"].includes(each),
      ),
    ).toEqual([]);
  });

  test("names files of its own, whose names change with their content", () => {
    const named = [...read("index.html").matchAll(/(?:src|href)="\/ui\/(assets\/[^"]+)"/g)].map(
      ([, path = ""]) => path,
    );

    expect(named).toHaveLength(2);
    for (const path of named) {
      expect(path).toMatch(/-[A-Z0-9]{8}\.(js|css)$/);
      expect(read(path)).not.toBe("");
    }
  });
});
