import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { inThreads } from "../../src/cli/toolbox/in-threads.ts";
import { readBackupRecord } from "../../src/store/backup/backup-record-file.ts";
import { writeRecordedBackup } from "../../src/store/backup/recorded-backup.ts";
import { running } from "./backups.ts";
import { START_MS } from "./engines.ts";
import { tamper } from "./sqlite-file.ts";
import { Places } from "./places.ts";

const places = new Places();

const BROKEN_ENTRY = "DROP TRIGGER entries_are_not_changed; UPDATE entries SET fact = '{}' WHERE seq = 1";

function at(minutes: number): string {
  return new Date(START_MS + minutes * 60_000).toISOString();
}

function backUp(stateDir: string, to: string, minutes = 0) {
  const request = { stateDir, to, instance: "main", version: "1", at: at(minutes), withKey: false };
  return writeRecordedBackup(request, inThreads);
}

async function newFolder(): Promise<string> {
  return join(await places.folder(), "backup");
}

function recordIn(stateDir: string) {
  const read = readBackupRecord(stateDir);
  return read.kind === "ok" ? read.value : read.error;
}

describe("the results of backups in the state directory", () => {
  test("are empty before the first one", async () => {
    const { stateDir } = await running(places);

    expect(recordIn(stateDir)).toEqual({ written: null, failing: null });
  });

  test("show the last verified backup", async () => {
    const { stateDir } = await running(places);
    const to = await newFolder();

    const outcome = await backUp(stateDir, to);

    expect(outcome).not.toHaveProperty("unrecorded");
    expect(recordIn(stateDir)).toEqual({ written: { at: at(0), folder: to, lastEntry: 3 }, failing: null });
  });

  test.each([true, false])(
    "can be read by the controller if root makes backups with umask 077: good %p",
    async (isGood) => {
      const { stateDir } = await running(places);
      const to = await newFolder();
      const earlier = process.umask(0o077);
      try {
        await backUp(stateDir, isGood ? to : join(to, "missing")).catch(() => undefined);
      } finally {
        process.umask(earlier);
      }

      expect((await stat(join(stateDir, "backups.json"))).mode & 0o777).toBe(0o644);
    },
  );

  test("count failures since the last good backup, which they do not hide, and a good one ends them", async () => {
    const { stateDir } = await running(places);
    const to = await newFolder();
    await backUp(stateDir, to);

    for (const minutes of [60, 120])
      await expect(backUp(stateDir, to, minutes)).rejects.toThrow(/exists already/);

    expect(recordIn(stateDir)).toMatchObject({
      written: { at: at(0), folder: to },
      failing: { since: at(60), at: at(120), count: 2, cause: "refused", reason: `${to} exists already` },
    });
    await backUp(stateDir, await newFolder(), 180);
    expect(recordIn(stateDir)).toMatchObject({ written: { at: at(180) }, failing: null });
  });

  test("name a folder that cannot be written, with its fix", async () => {
    const { stateDir } = await running(places);

    await expect(backUp(stateDir, join(await newFolder(), "missing"))).rejects.toThrow(/ENOENT/);

    expect(recordIn(stateDir)).toMatchObject({
      written: null,
      failing: { count: 1, cause: "ENOENT", fix: "check the path" },
    });
  });

  test("name a database that cannot be read", async () => {
    const { stateDir, store } = await running(places);
    await places.close(store);
    await writeFile(join(stateDir, "grantkeeper.db"), "not a database ".repeat(1_000));

    await expect(backUp(stateDir, await newFolder())).rejects.toThrow(/not a SQLite database/);

    expect(recordIn(stateDir)).toMatchObject({
      failing: {
        cause: "damaged",
        isRecordBroken: true,
        reason: expect.stringContaining("the file is not a SQLite database"),
      },
    });
  });

  test("never call a copy of a broken record a backup", async () => {
    const { stateDir, store } = await running(places);
    await places.close(store);
    tamper(stateDir, BROKEN_ENTRY);

    expect(await backUp(stateDir, await newFolder())).toMatchObject({ kind: "broken" });

    expect(recordIn(stateDir)).toMatchObject({
      written: null,
      failing: {
        cause: "broken at entry 1",
        isRecordBroken: true,
        reason: "the record is broken at entry 1",
        fix: "grantkeeper runbook record-broken",
      },
    });
  });

  test("that cannot be written are named by the backup itself", async () => {
    const { stateDir } = await running(places);
    await mkdir(join(stateDir, "backups.json"));

    const outcome = await backUp(stateDir, await newFolder());

    expect(outcome).toMatchObject({
      kind: "written",
      unrecorded: expect.stringContaining("cannot be written"),
    });
    expect((await readdir(stateDir)).filter((name) => name.endsWith(".partial"))).toEqual([]);
  });

  test.each(["", "{}", "null", '{"format":"grantkeeper-backups/1"}', '{"format":"grantkeeper-backups/2"}'])(
    "that are damaged are no results: %p",
    async (text) => {
      const { stateDir } = await running(places);
      const file = join(stateDir, "backups.json");
      await writeFile(file, text);

      expect(readBackupRecord(stateDir)).toEqual({ kind: "err", error: `${file} is damaged` });
      await backUp(stateDir, await newFolder());
      expect(recordIn(stateDir)).toMatchObject({ written: { lastEntry: 3 } });
    },
  );

  test("with a time that is none are damaged", async () => {
    const { stateDir } = await running(places);
    await backUp(stateDir, await newFolder());
    const file = join(stateDir, "backups.json");
    await writeFile(file, (await readFile(file, "utf8")).replace(at(0), "yesterday"));

    expect(recordIn(stateDir)).toBe(`${file} is damaged`);
  });
});
