/** Loads and runs tests for tools/mutate.ts, in a process of its own that can be ended when a mutant never returns. */
import { createRequire } from "node:module";
import { Program } from "./program.ts";
import { NOT_ASKED } from "./targets.ts";

/** Some tests of one file, by their place in it. */
export interface TestChoice {
  readonly testFile: string;
  readonly tests: readonly number[];
}

export type Order =
  /** Which mutants does each test come by? `texts` are the files with their hits. */
  | {
      readonly kind: "cover";
      readonly texts: ReadonlyMap<string, string>;
      readonly testFiles: readonly string[];
    }
  /** Does one of the tests fail when the file reads so? */
  | {
      readonly kind: "try";
      readonly file: string;
      readonly text: string;
      readonly choices: readonly TestChoice[];
    };

export type Answer =
  | { readonly kind: "covered"; readonly tests: readonly CoveredTest[] }
  /** A test that fails without any mutant. */
  | { readonly kind: "broken"; readonly test: string; readonly reason: string }
  | { readonly kind: "tried"; readonly failed: string | null };

export interface CoveredTest {
  readonly testFile: string;
  readonly nth: number;
  /** Of the processor: how busy the machine is does not count. */
  readonly ms: number;
  /** What it comes by, loading its file included. */
  readonly hits: readonly number[];
}

/** One mark for each mutant; more than there ever are. */
const hits = new Uint8Array(1 << 16);
const program = new Program(process.cwd(), hits);

// The same cases in each run, and no search for a smaller one: that there is one is enough.
(
  createRequire(import.meta.url)("fast-check") as { configureGlobal: (settings: object) => void }
).configureGlobal({
  seed: 20_260_921,
  endOnFailure: true,
});

process.on("message", (order: Order) => {
  void answer(order).then((made) => process.send?.(made));
});

async function answer(order: Order): Promise<Answer> {
  if (order.kind === "try") return { kind: "tried", failed: await tryMutant(order) };
  for (const [file, text] of order.texts) program.replace(file, text);
  const tests: CoveredTest[] = [];
  for (const testFile of order.testFiles) {
    const covered = await coverFile(testFile);
    if ("kind" in covered) return covered;
    tests.push(...covered);
  }
  for (const file of order.texts.keys()) program.restore(file);
  return { kind: "covered", tests };
}

/** Each test alone, from nothing: what another one left in a memo would hide what it comes by. */
async function coverFile(testFile: string): Promise<readonly CoveredTest[] | (Answer & { kind: "broken" })> {
  const covered: CoveredTest[] = [];
  const asked = program.loadTests(testFile).flatMap(({ name }, nth) => (isAsked(name) ? [nth] : []));
  for (const nth of asked) {
    hits.fill(0);
    const found = program.loadTests(testFile)[nth];
    const before = process.cpuUsage();
    try {
      await found?.run();
    } catch (cause) {
      return { kind: "broken", test: `${testFile}: ${found?.name}`, reason: String(cause) };
    }
    covered.push({ testFile, nth, ms: process.cpuUsage(before).user / 1_000, hits: marked() });
  }
  return covered;
}

function isAsked(name: string): boolean {
  return !NOT_ASKED.some((part) => name.includes(part));
}

function marked(): readonly number[] {
  return [...hits.keys()].filter((id) => hits[id] === 1);
}

/** The first test that fails, null when all pass. A file that can't be loaded any more fails completely. */
async function tryMutant(order: Order & { readonly kind: "try" }): Promise<string | null> {
  program.replace(order.file, order.text);
  try {
    for (const choice of order.choices) {
      const failed = await firstFailure(choice);
      if (failed !== null) return failed;
    }
    return null;
  } finally {
    program.restore(order.file);
  }
}

async function firstFailure({ testFile, tests }: TestChoice): Promise<string | null> {
  let name = "it loads";
  try {
    const found = program.loadTests(testFile);
    for (const test of tests.map((nth) => found[nth])) {
      name = test?.name ?? "it states the same tests";
      if (test === undefined) throw new Error("a test is gone");
      await test.run();
    }
    return null;
  } catch {
    return `${testFile}: ${name}`;
  }
}
