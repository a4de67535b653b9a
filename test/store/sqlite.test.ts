import type { Partition } from "../../src/model/aws/ids.ts";
import { defaultFences } from "../../src/model/rules/account-fences.ts";
import { spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { chmod, mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import Database from "better-sqlite3";
import { describe, expect, test } from "@jest/globals";
import { AUDIT_KEY_FILE, AUDIT_PUBLIC_KEY_FILE } from "../../src/store/audit-key.ts";
import { openSqliteAuditReader } from "../../src/store/sqlite/audit/audit-reader.ts";
import { sqliteStoreError } from "../../src/store/sqlite/failure.ts";
import { acquireLock } from "../../src/store/sqlite/lock.ts";
import { DATABASE_FILE, openStore } from "../../src/store/sqlite/open.ts";
import { refusal } from "../support/record/audit-facts.ts";
import { optionsFor, testTelemetry } from "./engines.ts";
import { closedWith, signed, tamper, verified } from "./sqlite-file.ts";
import { Places } from "./places.ts";

const places = new Places();

const APPENDER = fileURLToPath(new URL("./appender.ts", import.meta.url));

describe("the database file", () => {
  test("commits to disk before it answers, and only its owner can read it", async () => {
    const stateDir = await places.folder();
    places.keep(openStore(optionsFor(stateDir)));

    const db = new Database(join(stateDir, DATABASE_FILE), { readonly: true });
    expect(db.pragma("journal_mode", { simple: true })).toBe("wal");
    expect(db.prepare("SELECT number, name FROM migrations").all()).toEqual([
      { number: 1, name: "record and audit" },
      { number: 2, name: "rejections" },
      { number: 3, name: "incidents and routes of alerts" },
      { number: 4, name: "recent entries" },
      { number: 5, name: "retention" },
      { number: 6, name: "change events" },
      { number: 7, name: "sessions" },
    ]);
    db.close();
    const modes = await Promise.all(
      ["", "-wal", "-shm"].map(
        async (end) => (await stat(join(stateDir, `${DATABASE_FILE}${end}`))).mode & 0o777,
      ),
    );
    expect(modes).toEqual([0o600, 0o600, 0o600]);
  });

  test.each([
    {
      sql: "PRAGMA user_version = 99",
      code: "newer-version",
      because: "a newer version may have put things elsewhere",
    },
    { sql: "PRAGMA application_id = 7", code: "damaged", because: "the file belongs to another program" },
  ])("is refused by reader and writer: $because", async ({ sql, code }) => {
    const stateDir = await closedWith(places, 1);
    tamper(stateDir, sql);

    expect(() => openStore(optionsFor(stateDir))).toThrow(
      expect.objectContaining({ name: "StoreError", code }),
    );
    expect(() => openSqliteAuditReader(join(stateDir, DATABASE_FILE))).toThrow(
      expect.objectContaining({ code }),
    );
  });

  test("of 0.1.0 keeps the propagation wait of an account under its new name, and has the default fences", async () => {
    const stateDir = await places.folder();
    await places.close(places.keep(openStore(optionsFor(stateDir))));
    const declared = JSON.stringify({ id: "111122223333", partition: "aws-cn", settleMs: 90_000 });
    const record = `{"accountId":"111122223333","declared":${declared}}`;
    tamper(stateDir, `INSERT INTO accounts (account_id, record) VALUES ('111122223333', '${record}')`);

    const { store } = places.keep(openStore(optionsFor(stateDir)));

    expect(await store.accounts()).toEqual([
      {
        accountId: "111122223333",
        declared: {
          id: "111122223333",
          partition: "aws-cn",
          propagationWaitMs: 90_000,
          fences: defaultFences("aws-cn" as Partition),
        },
      },
    ]);
  });

  test("that is not a database is refused and left unchanged", async () => {
    const stateDir = await places.folder();
    const path = join(stateDir, DATABASE_FILE);
    const text = "a letter, not a database\n".repeat(100);
    await writeFile(path, text);

    expect(() => openStore(optionsFor(stateDir))).toThrow(expect.objectContaining({ code: "damaged" }));
    expect(await readFile(path, "utf8")).toBe(text);
  });

  test("stores a document once, even if many entries contain it", async () => {
    const stateDir = await closedWith(places, 200, 200, 201);

    const db = new Database(join(stateDir, DATABASE_FILE), { readonly: true });
    expect(db.prepare("SELECT length(text) AS size FROM documents ORDER BY size").all()).toEqual([
      { size: 200 },
      { size: 201 },
    ]);
    db.close();
  });

  test.each([
    { table: "recent_entries", checkpoint: false },
    { table: "entries", checkpoint: true },
  ])("refuses to change or delete a row of $table", async ({ table, checkpoint }) => {
    const stateDir = await closedWith(places, 1);
    if (checkpoint) await signed(places, stateDir);

    expect(() => tamper(stateDir, `UPDATE ${table} SET kind = 'started'`)).toThrow("append-only");
    expect(() => tamper(stateDir, `DELETE FROM ${table}`)).toThrow("append-only");
  });
});

describe("the audit key", () => {
  test("is created once, readable only by its owner, with its public key next to it", async () => {
    const stateDir = await closedWith(places, 1);
    const key = await readFile(join(stateDir, AUDIT_KEY_FILE), "utf8");
    const publicKey = await readFile(join(stateDir, AUDIT_PUBLIC_KEY_FILE), "utf8");

    const telemetry = testTelemetry();
    places.keep(openStore(optionsFor(stateDir, { telemetry })));

    expect((await stat(join(stateDir, AUDIT_KEY_FILE))).mode & 0o777).toBe(0o600);
    expect(await readFile(join(stateDir, AUDIT_KEY_FILE), "utf8")).toBe(key);
    expect(await readFile(join(stateDir, AUDIT_PUBLIC_KEY_FILE), "utf8")).toBe(publicKey);
    expect(telemetry.lines).toEqual([]);
  });

  test("that others can read is warned about", async () => {
    const stateDir = await closedWith(places, 1);
    await chmod(join(stateDir, AUDIT_KEY_FILE), 0o644);
    const telemetry = testTelemetry();

    places.keep(openStore(optionsFor(stateDir, { telemetry })));

    expect(telemetry.lines).toMatchObject([{ level: "warn" }]);
  });

  test.each([
    { text: "no key", because: "it is not PEM" },
    {
      text: generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({
        type: "pkcs8",
        format: "pem",
      }),
      because: "it is a key of another kind",
    },
  ])("is refused, not replaced, when $because", async ({ text }) => {
    const stateDir = await closedWith(places, 1);
    await writeFile(join(stateDir, AUDIT_KEY_FILE), text);

    expect(() => openStore(optionsFor(stateDir))).toThrow(expect.objectContaining({ code: "damaged" }));
    expect(await readFile(join(stateDir, AUDIT_KEY_FILE), "utf8")).toBe(text);
  });
});

describe("a reader next to a running controller", () => {
  test("sees new entries, continues during appends, and blocks no writer", async () => {
    const stateDir = await places.folder();
    const lock = acquireLock(stateDir);
    const { audit } = places.keep(openStore(optionsFor(stateDir)));
    await audit.append(Array.from({ length: 300 }, (_, index) => refusal(index)));
    const readers = [1, 2, 3].map(() => openSqliteAuditReader(join(stateDir, DATABASE_FILE)));
    let seen = 0;

    for (const reader of readers) {
      for await (const { seq } of reader.entries({})) {
        seen += 1;
        if (seq % 100 === 0) await audit.append([refusal(seq)]);
      }
    }

    expect(seen).toBe(300 + 303 + 306);
    for (const reader of readers) reader.close();
    expect(await verified(stateDir)).toMatchObject({ verdict: "intact", entries: 309 });
    lock.release();
  });

  test("needs an existing database", async () => {
    const stateDir = await places.folder();
    const gone = join(stateDir, "gone", DATABASE_FILE);

    expect(() => openSqliteAuditReader(gone)).toThrow(expect.objectContaining({ code: "missing" }));
    expect(() => openSqliteAuditReader(join(stateDir, DATABASE_FILE))).toThrow(
      expect.objectContaining({ code: "missing" }),
    );
    await writeFile(join(stateDir, DATABASE_FILE), "");
    expect(() => openSqliteAuditReader(join(stateDir, DATABASE_FILE))).toThrow(
      expect.objectContaining({ code: "damaged" }),
    );
  });
});

test.each([
  { code: "EACCES", text: "permission denied" },
  { code: "EROFS", text: "the disk is read-only" },
])("a file that cannot be written because of $code is no fault of the program", ({ code, text }) => {
  const cause = Object.assign(new Error("open"), { code });

  expect(sqliteStoreError("write /s/lock.holder", cause)).toMatchObject({
    code: "io",
    message: `cannot write /s/lock.holder: ${text} (${code})`,
    fix: "check the disk of stateDir and the permissions on it",
  });
});

describe("the lock", () => {
  test("has one holder at a time; the second process gets the name of the holder", async () => {
    const stateDir = await places.folder();
    const lock = acquireLock(stateDir);

    expect(() => acquireLock(stateDir)).toThrow(
      expect.objectContaining({ code: "locked", message: expect.stringContaining(`pid ${process.pid} on `) }),
    );

    lock.release();
    acquireLock(stateDir).release();
  });

  test("excludes other processes, and the system frees it when they are killed", async () => {
    const stateDir = await places.folder();
    const child = spawn(process.execPath, [APPENDER, "SQLite", stateDir], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const ended = once(child, "close");
    await once(child.stdout, "data");

    expect(() => acquireLock(stateDir)).toThrow(
      expect.objectContaining({ code: "locked", message: expect.stringContaining(`pid ${child.pid} on `) }),
    );

    child.stdout.resume();
    child.kill("SIGKILL");
    await ended;
    acquireLock(stateDir).release();
  });

  test("is released if its holder can't be recorded", async () => {
    const stateDir = await places.folder();
    await mkdir(join(stateDir, "lock.holder"));
    expect(() => acquireLock(stateDir)).toThrow(expect.objectContaining({ code: "EISDIR" }));

    await rm(join(stateDir, "lock.holder"), { recursive: true });

    acquireLock(stateDir).release();
  });
});
