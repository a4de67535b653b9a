import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";

const CHECKOUT = new URL("../../..", import.meta.url).pathname;
const JEST = [
  "--experimental-vm-modules",
  "--disable-warning=ExperimentalWarning",
  join(CHECKOUT, "node_modules/jest/bin/jest.js"),
];

/** Each file of tests takes another branch. */
const SHARED =
  'console.log("the shared module is loaded");\nexport const double = (wanted) => (wanted ? 2 : 1);\n';
/** It is larger, and so the first. */
const FIRST = `import { expect, jest } from "@jest/globals";
import { double } from "./shared.mjs";
let began = 0;
beforeEach(() => { began += 1; });
afterAll(() => console.log("tests that began in the first file: " + began));
jest.setTimeout(600_000);
process.env.LEFT_BY_FIRST = "yes";
test("first is wrong", () => {
  expect(double(true)).toBe(3);
});
test("first throws later", async () => { await new Promise((done) => setTimeout(done, 1)); throw new Error("late"); });
test.skip("first is skipped", () => {});
test("first is not denied", () => { expect(2).not.toBe(2); });
test("first is not refused", () => expect(Promise.resolve(2)).rejects.toThrow("2"));
test("first is refused for another reason", () => expect(Promise.reject(new Error("1"))).rejects.toThrow("2"));
test("first is not the expected promise", () => expect(Promise.resolve(1)).resolves.not.toBe(1));
test("first has no such matcher", () => { expect(2).toBeTwo(2); });
`;
const SECOND = `import { expect } from "@jest/globals";
import { double } from "./shared.mjs";
test("second passes", () => { expect(double(false)).toBe(1); });
test("second has no variable of the first", () => { expect(process.env.LEFT_BY_FIRST).toBeUndefined(); });
test("second takes too long", () => new Promise(() => {}));
`;

interface Results {
  readonly testResults: readonly {
    readonly message: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
  readonly coverageMap: Readonly<Record<string, { readonly b: Readonly<Record<string, readonly number[]>> }>>;
}

let folder = "";
let output = "";
let results: Results;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "shared-modules-"));
  const swc = [join(CHECKOUT, "test/transform.mjs"), { module: { type: "es6" } }];
  const config = {
    testRunner: join(CHECKOUT, "test/shared-modules.mjs"),
    testMatch: ["<rootDir>/*.test.mjs"],
    transform: { "shared\\.mjs$": swc },
    collectCoverageFrom: ["shared.mjs"],
    coverageReporters: ["none"],
    testTimeout: 500,
    cacheDirectory: "<rootDir>/cache",
  };
  const files = {
    "package.json": "{}",
    "jest.config.json": JSON.stringify(config),
    "shared.mjs": SHARED,
    "first.test.mjs": FIRST,
    "second.test.mjs": SECOND,
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  output = await runJest();
  results = JSON.parse(await readFile(join(folder, "results.json"), "utf8"));
}, 60_000);
afterAll(() => rm(folder, { recursive: true }));

/** What it prints, of both files in one process. */
function runJest(): Promise<string> {
  const how = ["--runInBand", "--coverage", "--json", "--outputFile=results.json"];
  return new Promise((resolve) => {
    execFile(process.execPath, [...JEST, ...how], { cwd: folder }, (_error, out, errors) =>
      resolve(out + errors),
    );
  });
}

describe("two files of tests in one process", () => {
  const count = (text: string): number => output.split(text).length - 1;

  test("load a module once", () => {
    expect(count("the shared module is loaded")).toBe(1);
  });

  test("have the results of their own tests", () => {
    const all = results.testResults.flatMap(({ assertionResults }) => assertionResults);

    expect(Object.fromEntries(all.map(({ fullName, status }) => [fullName, status]))).toEqual({
      "first is wrong": "failed",
      "first throws later": "failed",
      "first is skipped": "pending",
      "first is not denied": "failed",
      "first is not refused": "failed",
      "first is refused for another reason": "failed",
      "first is not the expected promise": "failed",
      "first has no such matcher": "failed",
      "second passes": "passed",
      "second has no variable of the first": "passed",
      "second takes too long": "failed",
    });
  });

  test("do not run the hooks of each other", () => {
    expect(count("tests that began in the first file: 7")).toBe(1);
  });

  test("show where a test failed", () => {
    const messages = results.testResults.map(({ message }) => message).join("");

    expect([9, 13, 14, 15, 16, 17].filter((line) => !messages.includes(`first.test.mjs:${line}:`))).toEqual(
      [],
    );
    expect(messages).not.toContain("shared-modules.mjs");
  });

  test("hit the branches of both", () => {
    const hits = Object.values(results.coverageMap).flatMap(({ b }) => Object.values(b).flat());

    expect(hits.map((times) => times > 0)).toEqual([true, true]);
  });
});
