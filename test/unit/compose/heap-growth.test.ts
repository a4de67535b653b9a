import { mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { growHeapUntilReady } from "../../../src/compose/process/heap-growth.ts";

const LAUNCHER = new URL("../../../bin/launch.mjs", import.meta.url);
const MANY_BYTES = 20_000_000;
const LARGE_HEAP = 100_000_000;
const SMALL_HEAP = 50_000_000;
const READY = { isReady: true };

let stateDir: string;
let flags: string[];
const setFlag = (flag: string): void => void flags.push(flag);
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), "heap-"));
  flags = [];
});
afterEach(() => rm(stateDir, { recursive: true }));

/** The heap of a launched controller that has used so many bytes. */
async function heapOf(usedBytes: number, set = setFlag) {
  return { options: await launched(), setFlag: set, usedBytes: () => usedBytes };
}

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

  const close = await growHeapUntilReady({ stateDir, changes }, await heapOf(SMALL_HEAP, set));
  await limited.promise;
  await close();

  expect(flagsAtLook).toEqual([["--heap-growing-percent=100"], ["--heap-growing-percent=100"]]);
  expect(flags).toEqual(["--heap-growing-percent=100", "--heap-growing-percent=5"]);
});

test("the heap of a first start may double as soon as it is large, until the first revision is in force", async () => {
  const changes = { isReady: false };
  const reset = Promise.withResolvers<void>();
  const heap = await heapOf(LARGE_HEAP, (flag) => {
    setFlag(flag);
    if (flags.length === 1) changes.isReady = true;
    else reset.resolve();
  });

  const close = await growHeapUntilReady({ stateDir, changes }, heap);
  await reset.promise;
  await close();

  expect(flags).toEqual(["--heap-growing-percent=100", "--heap-growing-percent=5"]);
});

test("a heap that is large when the first revision is in force may grow by more between two collections", async () => {
  await storeParsedFiles(MANY_BYTES);

  const close = await growHeapUntilReady({ stateDir, changes: READY }, await heapOf(200_000_000));
  await close();

  expect(flags).toEqual(["--heap-growing-percent=100", "--heap-growing-percent=15"]);
});

test("a controller that ends before a revision is in force does not wait for one", async () => {
  await storeParsedFiles(MANY_BYTES);
  const changes = { isReady: false };

  const close = await growHeapUntilReady({ stateDir, changes }, await heapOf(SMALL_HEAP));
  await close();

  expect(flags).toHaveLength(2);
});

test.each([
  { because: "no files were stored, and it is small", bytes: null, options: null, used: SMALL_HEAP },
  { because: "few files were stored, and it is small", bytes: 2_000_000, options: null, used: SMALL_HEAP },
  {
    because: "the process was started with other settings",
    bytes: MANY_BYTES,
    options: ["--no-warnings"],
    used: LARGE_HEAP,
  },
])("the heap grows as usual: $because", async ({ bytes, options, used }) => {
  if (bytes !== null) await storeParsedFiles(bytes);
  let looks = 0;
  const changes = {
    get isReady() {
      looks += 1;
      return looks > 1;
    },
  };

  const heap = await heapOf(used);
  await (
    await growHeapUntilReady({ stateDir, changes }, { ...heap, options: options ?? heap.options })
  )();

  expect(flags).toEqual([]);
});

test("a large heap of a controller that is ready grows as usual", async () => {
  await (
    await growHeapUntilReady({ stateDir, changes: READY }, await heapOf(LARGE_HEAP))
  )();

  expect(flags).toEqual([]);
});
