import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import Database from "better-sqlite3";
import { inThreads } from "../../src/cli/toolbox/in-threads.ts";
import { verifyFolder } from "../../src/store/backup/record-copy.ts";
import { DATABASE_FILE } from "../../src/store/sqlite/open.ts";
import { openSqliteRecordReader } from "../../src/store/sqlite/record-reader.ts";
import { ACCOUNT, refusal } from "../support/record/audit-facts.ts";
import { backedUp, opened } from "./backups.ts";
import { NOW_MS, stateOfBefore } from "./first-version.ts";
import { tamper } from "./sqlite-file.ts";
import { allKeys } from "../support/record/all-keys.ts";
import { Places } from "./places.ts";

const places = new Places();

describe("a state directory of 0.1.0", () => {
  test("is intact before and after the upgrade, and its chain continues with the same key", async () => {
    const stateDir = await stateOfBefore(places);

    const store = opened(places, stateDir);
    await store.audit.append([refusal(1)]);
    await store.audit.checkpoint();
    await places.close(store);

    expect(await verifyFolder(stateDir, inThreads)).toMatchObject({
      verdict: "intact",
      entries: 40,
      checkpoints: { count: 3, keyIds: ["e6:08:e2:9e:13:79:2c:96"] },
      anchors: { given: 3, matched: 3 },
      openIntents: [37],
    });
  });

  test("keeps its keys, accounts, objects and decisions", async () => {
    const { store } = opened(places, await stateOfBefore(places));

    const accounts = await store.accounts();
    expect(accounts.map(({ name, declared }) => [name, declared?.propagationWaitMs])).toEqual([
      ["staging", 1_000],
      ["prod", 1_000],
    ]);
    expect(await allKeys(store)).toHaveLength(26);
    expect(await store.objects()).toHaveLength(18);
    expect(await store.sources()).toMatchObject([
      { source: "permissions", acceptedRevision: expect.stringMatching(/^main@sha1:/) },
    ]);
    expect(await store.approvals(NOW_MS)).toMatchObject([{ actor: "dana", reason: "reviewed" }]);
    expect(await store.suspensions(NOW_MS)).toMatchObject([{ id: "s1", reason: "INC-1" }]);
    expect(store.fresh).toBe(false);
  });

  test("keeps its writes: the finished one, and the one whose outcome AWS must show", async () => {
    const { audit } = opened(places, await stateOfBefore(places));

    expect(await audit.openIntents(ACCOUNT)).toMatchObject([{ seq: 37, call: "iam:PutRolePolicy" }]);
    expect(await audit.writesSince(ACCOUNT, 0)).toMatchObject([{ call: "iam:PutRolePolicy" }]);
  });

  test("can be backed up before the upgrade, in the schema that 0.1.0 opens again", async () => {
    const stateDir = await stateOfBefore(places);
    const to = join(await places.folder(), "backup");

    expect(await backedUp(stateDir, to)).toMatchObject({ kind: "written", manifest: { lastEntry: 38 } });
    const versions = [stateDir, to].map((folder) => schemaOf(join(folder, DATABASE_FILE)));
    expect(versions).toEqual([1, 1]);
  });
});

describe("a state directory of a newer version", () => {
  test("is refused by this version, unchanged, with what to do", async () => {
    const stateDir = await stateOfBefore(places);
    tamper(stateDir, "PRAGMA user_version = 99");
    const path = join(stateDir, DATABASE_FILE);
    const before = await readFile(path);

    const refused = expect.objectContaining({
      code: "newer-version",
      message: expect.stringMatching(
        / was written by a newer Grantkeeper: it has schema 99, this version knows schemas up to \d+$/,
      ),
      fix: "run that newer version, or use another stateDir or database",
    });

    expect(() => opened(places, stateDir)).toThrow(refused);
    expect(() => openSqliteRecordReader(path)).toThrow(refused);
    expect(await readFile(path)).toEqual(before);
  });
});

function schemaOf(file: string): unknown {
  const database = new Database(file, { readonly: true });
  const version: unknown = database.pragma("user_version", { simple: true });
  database.close();
  return version;
}
