import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { streamedEntry } from "../../src/store/audit-stream.ts";
import { existingAuditKey, loadAuditKey } from "../../src/store/audit-key.ts";
import { lastEntryOf } from "../../src/store/backup/record-copy.ts";
import { openSqliteReader } from "../../src/store/sqlite/connection.ts";
import { unfinishedRestore } from "../../src/store/restore-marker.ts";
import { backedUp, restored, running } from "./backups.ts";
import { testTelemetry } from "./engines.ts";
import { Places } from "./places.ts";

const places = new Places();

/*
 * A file that cannot be looked for is not a file that is missing: behind the error may be the record, the audit key or an
 * unfinished restore.
 */

/** Of a folder in a circle of symbolic links. */
async function loop(): Promise<string> {
  const folder = await places.folder();
  symlinkSync("loop", join(folder, "loop"));
  return join(folder, "loop");
}

test.each([
  { what: "the audit key", read: (folder: string) => existingAuditKey(folder) },
  { what: "the audit key of a start", read: (folder: string) => loadAuditKey(folder, testTelemetry()) },
  { what: "the mark of a restore", read: (folder: string) => unfinishedRestore(folder) },
  { what: "the record of a folder", read: (folder: string) => lastEntryOf(folder) },
  { what: "a database", read: (folder: string) => openSqliteReader(join(folder, "grantkeeper.db")) },
])("$what is not absent because its folder cannot be read", async ({ read }) => {
  const folder = await loop();

  expect(() => read(folder)).toThrow(
    expect.objectContaining({
      name: "StoreError",
      code: "io",
      message: expect.stringMatching(/symbolic links of the path lead back to themselves \(ELOOP\)$/),
    }),
  );
});

test("a backup below a file names the cause and the fix", async () => {
  const { stateDir } = await running(places);
  const file = join(await places.folder(), "file");
  writeFileSync(file, "");

  await expect(backedUp(stateDir, join(file, "backup"))).rejects.toMatchObject({
    name: "BackupError",
    message: expect.stringMatching(/a part of the path is a file and no folder \(ENOTDIR\)$/),
    fix: "name another folder, or move the file away",
  });
});

test("a backup that cannot be read is not called incomplete", async () => {
  const stateDir = await places.folder();

  await expect(restored(stateDir, await loop())).rejects.toMatchObject({
    name: "BackupError",
    message: expect.stringMatching(/lead back to themselves \(ELOOP\)$/),
  });
});

test("a position of standard output that cannot be read is not a first start", async () => {
  const folder = await places.folder();
  mkdirSync(join(folder, "position"));

  await expect(streamedEntry(join(folder, "position"))).rejects.toMatchObject({ code: "EISDIR" });
});
