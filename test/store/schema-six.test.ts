import { join } from "node:path";
import Database from "better-sqlite3";
import { describe, expect, test } from "@jest/globals";
import { DATABASE_FILE, openStore } from "../../src/store/sqlite/open.ts";
import { openSqliteRecordReader } from "../../src/store/sqlite/record-reader.ts";
import { ACCOUNT, refusal } from "../support/record/audit-facts.ts";
import { changed } from "../unit/settle/attribution/changes.ts";
import { optionsFor } from "./engines.ts";
import { tamper, verified } from "./sqlite-file.ts";
import { record } from "./stored-records.ts";
import { allKeys } from "../support/record/all-keys.ts";
import { Places } from "./places.ts";

const places = new Places();

/** A state directory as the version with schema 5 left it. */
async function ofSchemaFive(): Promise<string> {
  const stateDir = await places.folder();
  const opened = places.keep(openStore(optionsFor(stateDir)));
  await opened.store.commit({ keys: [record()] });
  await opened.audit.append([refusal(1)]);
  await places.close(opened);
  tamper(
    stateDir,
    "DROP TABLE changes; DROP TABLE sessions; DELETE FROM migrations WHERE number > 5; PRAGMA user_version = 5",
  );
  return stateDir;
}

function schemaOf(stateDir: string): unknown {
  const db = new Database(join(stateDir, DATABASE_FILE), { readonly: true });
  try {
    const newest = db.prepare("SELECT number, name FROM migrations ORDER BY number DESC LIMIT 1").get();
    return [db.pragma("user_version", { simple: true }), newest];
  } finally {
    db.close();
  }
}

describe("a record of schema 5", () => {
  test("can be read before it is migrated, and the reader does not migrate it", async () => {
    const stateDir = await ofSchemaFive();

    const reader = openSqliteRecordReader(join(stateDir, DATABASE_FILE));
    expect(await reader.keys(ACCOUNT)).toHaveLength(1);
    reader.close();

    expect(schemaOf(stateDir)).toEqual([5, { number: 5, name: "retention" }]);
  });

  test("is migrated when it is opened: it keeps its keys and its chain, and change events can be recorded", async () => {
    const stateDir = await ofSchemaFive();
    const event = changed(0, { kind: "deleted" });

    const opened = places.keep(openStore(optionsFor(stateDir)));
    expect(opened.store.fresh).toBe(false);
    expect(await allKeys(opened.store)).toHaveLength(1);
    await opened.store.commit({ changes: [event] });
    expect(await opened.store.changes(event.event.accountId, 0)).toEqual([event]);
    await places.close(opened);

    expect(schemaOf(stateDir)).toEqual([7, { number: 7, name: "sessions" }]);
    expect((await verified(stateDir)).verdict).toBe("intact");
  });
});

test("a record of the next schema is refused by its number, and stays as it is", async () => {
  const stateDir = await ofSchemaFive();
  tamper(stateDir, "PRAGMA user_version = 8");

  expect(() => openStore(optionsFor(stateDir))).toThrow(
    expect.objectContaining({
      code: "newer-version",
      message: expect.stringMatching(/ it has schema 8, this version knows schemas up to 7$/),
    }),
  );
  expect(schemaOf(stateDir)).toMatchObject([8, { number: 5 }]);
});
