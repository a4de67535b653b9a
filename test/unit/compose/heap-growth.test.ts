import { mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { growHeapUntilReady } from "../../../src/compose/process/heap-growth.ts";

const LAUNCHER = new URL("../../../bin/launch.mjs", import.meta.url);
const MANY_BYTES = 20_000_000;
const READY = { isReady: true };

let stateDir: string;
let flags: string[];
const setFlag = (flag: string): void => void flags.push(flag);
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), "heap-"));
  flags = [];
});
afterEach(() => rm(stateDir, { recursive: true }));

/** The options of Node with which the launcher starts a controller. */
async function launched(): Promise<readonly string[]> {
  const [, list = ""] = /const SMALL = \[([^\]]*)\]/.exec(await readFile(LAUNCHER, "utf8")) ?? [];
  return [...list.matchAll(/"(--[^"]+)"/g)].map(([, option = ""]) => option);
}

/** Of so many bytes, none of which is on the disk. */
async function storeParsedFiles(bytes: number): Promise<void> {
  const path = join(stateDir, "parsed-files.db");
  await writeFile(path, "");
  await truncate(path, bytes);
}

test("the heap of a launched controller may double until the first revision of many files is in force", async () => {
  await storeParsedFiles(MANY_BYTES);
  const flagsAtLook: string[][] = [];
  const changes = {
    get isReady() {
      flagsAtLook.push([...flags]);
      return flagsAtLook.length > 1;
    },
  };
  const limited = Promise.withResolvers<void>();
  const set = (flag: string): void => {
    setFlag(flag);
    if (flags.length > 1) limited.resolve();
  };

  const close = await growHeapUntilReady({ stateDir, changes }, { options: await launched(), setFlag: set });
  await limited.promise;
  await close();

  expect(flagsAtLook).toEqual([["--heap-growing-percent=100"], ["--heap-growing-percent=100"]]);
  expect(flags).toEqual(["--heap-growing-percent=100", "--heap-growing-percent=5"]);
});

test("a controller that ends before a revision is in force does not wait for one", async () => {
  await storeParsedFiles(MANY_BYTES);
  const changes = { isReady: false };

  const close = await growHeapUntilReady({ stateDir, changes }, { options: await launched(), setFlag });
  await close();

  expect(flags).toHaveLength(2);
});

test.each([
  { because: "no files were stored", bytes: null, options: null },
  { because: "few files were stored", bytes: 2_000_000, options: null },
  { because: "the process was started with other settings", bytes: MANY_BYTES, options: ["--no-warnings"] },
])("the heap grows as usual: $because", async ({ bytes, options }) => {
  if (bytes !== null) await storeParsedFiles(bytes);

  const heap = { options: options ?? (await launched()), setFlag };
  await (
    await growHeapUntilReady({ stateDir, changes: READY }, heap)
  )();

  expect(flags).toEqual([]);
});
