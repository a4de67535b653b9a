import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setImmediate as nextTurn } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "@jest/globals";
import { toBackupError } from "../../src/store/backup/files.ts";
import { StoreError } from "../../src/store/errors.ts";
import { refusal } from "../support/record/audit-facts.ts";
import { backedUp, restored, running } from "./backups.ts";
import { tamper } from "./sqlite-file.ts";
import { Places } from "./places.ts";

const places = new Places();

const BACKUP_WRITER = fileURLToPath(new URL("./backup-writer.ts", import.meta.url));

/** The names of the files in all folders there. */
async function filesIn(parent: string): Promise<readonly string[]> {
  const folders = await readdir(parent);
  return (await Promise.all(folders.map((folder) => readdir(join(parent, folder)).catch(() => [])))).flat();
}

const DROP = "DROP TRIGGER entries_are_not_changed;";

async function modes(folder: string): Promise<readonly string[]> {
  const names = [".", ...(await readdir(folder)).sort()];
  const modeOf = async (name: string) => ((await stat(join(folder, name))).mode & 0o777).toString(8);
  return Promise.all(names.map(async (name) => `${name} ${await modeOf(name)}`));
}

describe("a backup", () => {
  test("is written and verified while the controller writes, readable by its owner alone", async () => {
    const { stateDir, store } = await running(places);
    const to = join(await places.folder(), "backup");

    const [outcome] = await Promise.all([backedUp(stateDir, to), store.audit.append([refusal(3)])]);

    expect(outcome).toMatchObject({
      kind: "written",
      manifest: { lastEntry: outcome.report.last, instance: "main" },
      report: { verdict: "intact", checkpoints: { count: 1, checked: true }, anchors: { matched: 1 } },
    });
    expect(await modes(to)).toEqual([
      ". 700",
      "audit-anchors.jsonl 600",
      "audit-key.pub.pem 600",
      "backup.json 600",
      "grantkeeper.db 600",
    ]);
  });

  test("has the private audit key only if the operator asks for it", async () => {
    const { stateDir } = await running(places);
    const to = join(await places.folder(), "backup");

    await backedUp(stateDir, to, { withKey: true });

    expect(await readdir(to)).toContain("audit-key.pem");
  });

  test("without the key that signs it has a cause and a fix, and leaves nothing", async () => {
    const { stateDir } = await running(places);
    await rm(join(stateDir, "audit-key.pem"));
    const folder = await places.folder();

    await expect(backedUp(stateDir, join(folder, "backup"))).rejects.toMatchObject({
      name: "BackupError",
      message: `cannot sign a backup: there is no audit key ${join(stateDir, "audit-key.pem")}`,
      fix: expect.stringContaining("makes a missing key"),
    });
    expect(await readdir(folder)).toEqual([]);
  });

  test("never replaces anything", async () => {
    const { stateDir } = await running(places);
    const to = await places.folder();

    await expect(backedUp(stateDir, to)).rejects.toMatchObject({
      name: "BackupError",
      message: `${to} exists already`,
      fix: "name a folder that does not exist yet",
    });
  });

  test("of a changed record does not exist", async () => {
    const { stateDir, store } = await running(places);
    await places.close(store);
    tamper(stateDir, `${DROP} UPDATE entries SET fact = '{}' WHERE seq = 1`);
    const parent = await places.folder();

    const outcome = await backedUp(stateDir, join(parent, "backup"));

    expect(outcome).toMatchObject({ kind: "broken", report: { broken: { seq: 1 } } });
    expect(await readdir(parent)).toEqual([]);
  });

  test("in a folder that cannot be written has a cause and a fix, and leaves nothing", async () => {
    const { stateDir } = await running(places);
    const parent = await places.folder();

    await expect(backedUp(stateDir, join(parent, "missing", "backup"))).rejects.toMatchObject({
      message: expect.stringMatching(/^cannot write the backup .*: no such file or folder \(ENOENT\)$/),
      fix: "check the path",
    });
    expect(await readdir(parent)).toEqual([]);
  });

  test.each([
    { cause: Object.assign(new Error("x"), { code: "ENOSPC" }), because: "when a file is written" },
    { cause: new StoreError("full", "x"), because: "when the database is copied" },
  ])("on a full disk names the cause and a fix: $because", ({ cause }) => {
    expect(toBackupError("write the backup /b", cause)).toMatchObject({
      message: "cannot write the backup /b: the disk is full (ENOSPC)",
      fix: "free space there, or name a folder on another disk",
    });
  });

  test.each([
    { file: "audit-key.pub.pem", because: "before the record is copied" },
    { file: "grantkeeper.db", because: "while the record is copied or verified" },
  ])("that is killed leaves nothing that restore takes: $because", async ({ file }) => {
    const { stateDir, store } = await running(places);
    await store.audit.append(Array.from({ length: 3_000 }, (_, at) => refusal(at)));
    const parent = await places.folder();
    const child = spawn(process.execPath, [BACKUP_WRITER, stateDir, join(parent, "backup")], {
      stdio: "ignore",
    });
    const ended = once(child, "close");

    while (child.exitCode === null && !(await filesIn(parent)).includes(file)) await nextTurn();
    child.kill("SIGKILL");
    await ended;

    const [only = "", ...others] = await readdir(parent);
    expect(only).toMatch(/^backup\.partial-/);
    expect(others).toEqual([]);
    await expect(restored(await places.folder(), join(parent, only))).rejects.toMatchObject({
      message: expect.stringContaining("is not a complete backup: it has no backup.json"),
    });
  });

  test("that may not be as large as the record has a cause and a fix, and leaves nothing", async () => {
    const { stateDir, store } = await running(places);
    await store.audit.append(Array.from({ length: 1_000 }, (_, at) => refusal(at)));
    const parent = await places.folder();
    const limited = `trap "" XFSZ; ulimit -f 200; exec "$0" "$@"`;

    const child = spawn(
      "sh",
      ["-c", limited, process.execPath, BACKUP_WRITER, stateDir, join(parent, "backup")],
      {
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    const out = await text(child.stdout);

    expect(out).toContain(`cannot write the backup ${join(parent, "backup")}: the copy can't be written`);
    expect(out).toContain("check the disk of the backup, and how large a file may be there");
    expect(await readdir(parent)).toEqual([]);
  });

  test("that a kill left half is no backup", async () => {
    const { stateDir, store } = await running(places);
    const half = await places.folder();
    await writeFile(join(half, "grantkeeper.db"), await readFile(join(stateDir, "grantkeeper.db")));
    await places.close(store);

    await expect(restored(stateDir, half)).rejects.toMatchObject({
      message: `${half} is not a complete backup: it has no backup.json (ENOENT)`,
    });
  });
});
