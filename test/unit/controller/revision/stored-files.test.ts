import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { FileContent, ParsedFileStore, ParsedFileText } from "../../../../src/controller/ports/store.ts";
import {
  FakeController,
  manifests,
  READ_ORDERS,
  WRITE_ORDERS,
} from "../../../support/fakes/fake-controller.ts";
import { ACCOUNT, BOTH, callsOf, endOf } from "./two-functions.ts";

const STORED_AFTER_MS = 12_000;

class MemoryParsedFiles implements ParsedFileStore {
  readonly rows = new Map<string, ParsedFileText>();
  failure: Error | null = null;
  puts = 0;
  /** The paths of each write. */
  readonly writes: (readonly string[])[] = [];

  async texts(files: readonly FileContent[]): Promise<readonly ParsedFileText[]> {
    this.#mayFail();
    return files.flatMap(({ path, oid }) => {
      const row = this.rows.get(path);
      return row?.oid === oid ? [row] : [];
    });
  }

  async paths(): Promise<readonly string[]> {
    return [...this.rows.keys()];
  }

  async put(files: readonly ParsedFileText[]): Promise<void> {
    this.#mayFail();
    this.puts += files.length;
    this.writes.push(files.map(({ path }) => path));
    for (const file of files) this.rows.set(file.path, file);
  }

  async remove(paths: readonly string[]): Promise<void> {
    for (const path of paths) this.rows.delete(path);
  }

  #mayFail(): void {
    if (this.failure !== null) throw this.failure;
  }
}

let fake: FakeController;
let stored: MemoryParsedFiles;

beforeEach(async () => {
  fake = new FakeController();
  stored = new MemoryParsedFiles();
  fake.parsedFiles = stored;
  await fake.startConverged(BOTH);
  await fake.clock.pass(STORED_AFTER_MS);
});

afterEach(() => endOf(fake));

async function restart(): Promise<void> {
  await endOf(fake);
  stored.puts = 0;
  await fake.start();
}

/** How many revisions were put in force by all processes. */
function enforced(): number {
  return fake.telemetry.lines.filter(({ text }) => text === "revision in force").length;
}

function lines(): readonly string[] {
  return fake.telemetry.lines.filter(({ level }) => level !== "info").map(({ text }) => text);
}

test("every file of the revision is stored once", () => {
  expect([[...stored.rows.keys()].sort(), stored.puts]).toEqual([Object.keys(BOTH).sort(), 4]);
});

test("a restart uses the stored files, changes nothing and stores nothing again", async () => {
  await restart();
  await fake.clock.pass(STORED_AFTER_MS);

  expect([callsOf(fake.cloud.account(ACCOUNT)), stored.puts]).toEqual([[], 0]);
  expect(enforced()).toBe(2);
});

test("a push stores the files that it changed, and removes those that are gone", async () => {
  stored.puts = 0;
  await fake.push(manifests({ a: WRITE_ORDERS }));
  await fake.clock.pass(STORED_AFTER_MS);

  expect([[...stored.rows.keys()].filter((path) => path.startsWith("teams")), stored.puts]).toEqual([
    ["teams/orders/a.yaml"],
    1,
  ]);
});

test("a write has one file that is very long, or several short ones: it blocks requests", async () => {
  const long = `${READ_ORDERS}#${" ".repeat(510_000)}\n`;
  stored.writes.splice(0);
  await fake.push(manifests({ a: long, b: long, c: READ_ORDERS, d: READ_ORDERS }));
  await fake.clock.pass(STORED_AFTER_MS);

  expect(stored.writes).toEqual([
    ["teams/orders/a.yaml"],
    ["teams/orders/b.yaml"],
    ["teams/orders/c.yaml", "teams/orders/d.yaml"],
  ]);
});

test("a file that changed while no controller ran is parsed", async () => {
  await endOf(fake);
  fake.source.push(manifests({ a: WRITE_ORDERS, b: READ_ORDERS }));
  await fake.start();

  expect(callsOf(fake.cloud.account(ACCOUNT))).toEqual(["iam:PutRolePolicy"]);
});

test("if the stored files cannot be read, all files are parsed, and the log has the reason", async () => {
  stored.failure = new Error("disk");
  await restart();

  expect(enforced()).toBe(2);
  expect(lines()).toContain("stored parsed files not read");
});

test("if files cannot be stored, the log has the reason once for a revision", async () => {
  stored.failure = new Error("disk");
  await fake.push(manifests({ a: WRITE_ORDERS, b: READ_ORDERS }));
  await fake.clock.pass(3 * STORED_AFTER_MS);

  expect(lines().filter((text) => text === "parsed files not stored")).toHaveLength(1);
  expect(callsOf(fake.cloud.account(ACCOUNT))).toEqual(["iam:PutRolePolicy"]);
});
