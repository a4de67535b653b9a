import { generateKeyPairSync } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { beforeEach, describe, expect, test } from "@jest/globals";
import { SqliteParsedFiles } from "../../src/store/parsed-files.ts";
import { MemoryTelemetry } from "../support/fakes/memory-telemetry.ts";
import { Places } from "./places.ts";

const A = { path: "teams/a.yaml", oid: "1".repeat(40), text: '{"parts":1}' };
const B = { path: "teams/b.yaml", oid: "2".repeat(40), text: '{"parts":2}' };
const KEY = generateKeyPairSync("ed25519").privateKey;

const places = new Places();
const telemetry = new MemoryTelemetry();
let path: string;

beforeEach(async () => {
  path = join(await places.folder(), "parsed-files.db");
  telemetry.lines.splice(0);
});

/** What the next process does with the store. */
async function withStore<Value>(
  use: (store: SqliteParsedFiles) => Promise<Value>,
  { auditKey = KEY, parser = "p" } = {},
): Promise<Value> {
  const store = SqliteParsedFiles.open({ path, auditKey, parser, telemetry });
  if (store === null) throw new Error("the store was not opened");
  try {
    return await use(store);
  } finally {
    store.close();
  }
}

function change(sql: string): void {
  const db = new Database(path);
  db.exec(sql);
  db.close();
}

test("the database is made when the first file is kept", async () => {
  await withStore(async (store) => {
    expect(await store.texts([A])).toEqual([]);
    expect(await store.paths()).toEqual([]);
    expect(existsSync(path)).toBe(false);
    await store.put([A]);
  });

  expect(await withStore((store) => store.texts([A]))).toEqual([A]);
});

describe("the store of parsed files", () => {
  beforeEach(() => withStore((store) => store.put([A, B])));

  test("returns in a later process what was put there, in the order that is asked for", async () => {
    expect(await withStore((store) => store.texts([B, { path: "x", oid: "3" }, A]))).toEqual([B, A]);
  });

  test("is readable only by its owner", () => {
    expect(statSync(path).mode & 0o077).toBe(0);
  });

  test.each([
    {
      of: "a changed text",
      sql: "UPDATE parsed_files SET content = '{\"parts\":9}' WHERE path LIKE '%a.yaml'",
    },
    { of: "a changed seal", sql: "UPDATE parsed_files SET seal = 'x' WHERE path LIKE '%a.yaml'" },
    { of: "another parser", sql: "UPDATE parsed_files SET parser = 'q' WHERE path LIKE '%a.yaml'" },
    { of: "another content", sql: `UPDATE parsed_files SET oid = '${B.oid}' WHERE path LIKE '%a.yaml'` },
    {
      of: "a sealed row of another path and content",
      sql: "UPDATE parsed_files SET (oid, seal, content) = (SELECT oid, seal, content FROM parsed_files WHERE path LIKE '%b.yaml')",
    },
    {
      of: "the sealed text of another file",
      sql: "UPDATE parsed_files SET (seal, content) = (SELECT seal, content FROM parsed_files WHERE path LIKE '%b.yaml')",
    },
  ])("does not return a row with $of", async ({ sql }) => {
    change(sql);

    const ids = [A, { ...A, oid: B.oid }, { ...B, path: A.path }];

    expect(await withStore((store) => store.texts(ids))).toEqual([]);
    expect(await withStore((store) => store.texts([B]))).toEqual([B]);
  });

  test("returns nothing that another version of the parser has put there", async () => {
    expect(await withStore((store) => store.texts([A, B]), { parser: "q" })).toEqual([]);
  });

  test("returns nothing that was sealed with another audit key", async () => {
    const auditKey = generateKeyPairSync("ed25519").privateKey;

    expect(await withStore((store) => store.texts([A, B]), { auditKey })).toEqual([]);
  });

  test("has one row for a path, the last one", async () => {
    const newer = { ...A, oid: "4".repeat(40), text: "{}" };

    await withStore((store) => store.put([newer]));

    expect(await withStore((store) => store.texts([A, newer]))).toEqual([newer]);
    expect(await withStore((store) => store.paths())).toEqual([A.path, B.path]);
  });

  test("removes rows by their paths", async () => {
    await withStore((store) => store.remove([A.path, "x"]));

    expect(await withStore((store) => store.paths())).toEqual([B.path]);
  });

  test.each([
    { of: "no database", damage: (file: string) => writeFileSync(file, "not a database, ".repeat(500)) },
    { of: "cut off", damage: (file: string) => writeFileSync(file, readFileSync(file).subarray(0, 5_000)) },
    {
      of: "of another program",
      damage: (file: string) => {
        new Database(file).exec("PRAGMA application_id = 1").close();
      },
    },
    {
      of: "of a later layout",
      damage: (file: string) => {
        new Database(file).exec("PRAGMA user_version = 9").close();
      },
    },
  ])("returns nothing and keeps files again if the file is $of", async ({ damage }) => {
    damage(path);

    expect(await withStore((store) => store.texts([A, B]).catch(() => []))).toEqual([]);
    await withStore((store) => store.put([A]));
    expect(await withStore((store) => store.texts([A]))).toEqual([A]);
    expect(telemetry.lines).toEqual([]);
  });

  describe("with a damaged page, which SQLite finds when it reads it", () => {
    beforeEach(() => writeFileSync(path, Buffer.from(readFileSync(path)).fill(0xff, 4_096)));

    test("keeps files again in the process that could not read it", async () => {
      await withStore(async (store) => {
        await expect(store.texts([A, B])).rejects.toThrow("the file is damaged");
        await store.put([B]);
        expect(await store.texts([A, B])).toEqual([B]);
      });
    });

    test("keeps files that are written first, and the next process reads them", async () => {
      await withStore((store) => store.put([A]));

      expect(await withStore((store) => store.texts([A, B]))).toEqual([A]);
    });
  });

  test("is not opened if there can be no such file, and the reason is logged", () => {
    const folder = `${path}.folder`;
    mkdirSync(folder);
    mkdirSync(join(folder, "parsed-files.db"));

    const blocked = { path: join(folder, "parsed-files.db"), auditKey: KEY, parser: "p", telemetry };

    expect(SqliteParsedFiles.open(blocked)).toBeNull();
    expect(telemetry.lines.map(({ text }) => text)).toEqual(["parsed files are not kept"]);
  });
});
