import { statSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { describe, expect, test } from "@jest/globals";
import { DATABASE_FILE, openStore } from "../../src/store/sqlite/open.ts";
import { makeShrinkable } from "../../src/store/sqlite/shrinkable-file.ts";
import { refusal } from "../support/record/audit-facts.ts";
import { optionsFor, testTelemetry } from "./engines.ts";
import { tamper, verified } from "./sqlite-file.ts";
import { Places } from "./places.ts";

const places = new Places();

/** A record of 400 entries in a file that cannot return pages, as earlier versions created it. */
async function ofEarlierVersion(): Promise<string> {
  const stateDir = await places.folder();
  const opened = places.keep(openStore(optionsFor(stateDir)));
  await opened.audit.append(Array.from({ length: 400 }, (_, at) => refusal(at)));
  await places.close(opened);
  tamper(stateDir, "PRAGMA auto_vacuum = NONE; VACUUM;");
  return stateDir;
}

function inFile<Answer>(stateDir: string, ask: (db: Database.Database) => Answer): Answer {
  const db = new Database(join(stateDir, DATABASE_FILE));
  try {
    return ask(db);
  } finally {
    db.close();
  }
}

const canShrink = (stateDir: string): boolean =>
  inFile(stateDir, (db) => Number(db.pragma("auto_vacuum", { simple: true })) === 2);

describe("the file of an earlier version", () => {
  test("is rewritten at a start with retention, with every entry, and then returns free pages", async () => {
    const stateDir = await ofEarlierVersion();

    await places.close(places.keep(openStore(optionsFor(stateDir, { shrinks: true }))));

    expect(canShrink(stateDir)).toBe(true);
    expect(await verified(stateDir)).toMatchObject({ verdict: "intact", entries: 400 });
    const before = statSync(join(stateDir, DATABASE_FILE)).size;
    tamper(stateDir, "CREATE TABLE much (x); INSERT INTO much VALUES (zeroblob(4000000)); DROP TABLE much;");
    expect(statSync(join(stateDir, DATABASE_FILE)).size).toBeGreaterThan(before + 3_000_000);
    inFile(stateDir, (db) => db.exec("PRAGMA incremental_vacuum(10000)"));
    expect(statSync(join(stateDir, DATABASE_FILE)).size).toBeLessThan(before + 1_000_000);
  });

  test("is left as it is without retention", async () => {
    const stateDir = await ofEarlierVersion();

    await places.close(places.keep(openStore(optionsFor(stateDir))));

    expect(canShrink(stateDir)).toBe(false);
  });

  test("is rewritten once", async () => {
    const stateDir = await ofEarlierVersion();
    const texts: string[] = [];
    for (let start = 0; start < 2; start += 1) {
      const telemetry = testTelemetry();
      await places.close(places.keep(openStore(optionsFor(stateDir, { shrinks: true, telemetry }))));
      texts.push(...telemetry.lines.map(({ text }) => text));
    }

    expect(texts.filter((text) => text.includes("rewritten"))).toHaveLength(1);
  });

  test.each([
    { because: "the disk has too little space", freeBytes: () => 1_000 },
    {
      because: "the space cannot be read",
      freeBytes: () => {
        throw new Error("EIO");
      },
    },
  ])("is left as it is with a warning if $because", async ({ freeBytes }) => {
    const stateDir = await ofEarlierVersion();
    const telemetry = testTelemetry();

    inFile(stateDir, (db) => makeShrinkable(db, freeBytes, telemetry));

    expect(canShrink(stateDir)).toBe(false);
    expect(telemetry.lines).toMatchObject([{ level: "warn", text: "the record file cannot shrink" }]);
  });

  test("keeps every entry if another connection holds it", async () => {
    const stateDir = await ofEarlierVersion();
    const telemetry = testTelemetry();
    const other = new Database(join(stateDir, DATABASE_FILE));
    other.exec("BEGIN IMMEDIATE");

    const db = new Database(join(stateDir, DATABASE_FILE), { timeout: 1 });
    makeShrinkable(db, () => Infinity, telemetry);
    db.close();
    other.exec("ROLLBACK");
    other.close();

    expect(telemetry.lines.at(-1)).toMatchObject({ level: "warn" });
    expect(await verified(stateDir)).toMatchObject({ verdict: "intact", entries: 400 });
  });
});
