import { appendFile, copyFile, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { parseAnchors } from "../../src/audit/anchor.ts";
import { signBackup, type BackupManifest } from "../../src/audit/backup.ts";
import { existingAuditKey } from "../../src/store/audit-key.ts";
import { fileHash } from "../../src/store/backup/files.ts";
import { refusal } from "../support/record/audit-facts.ts";
import { backedUp, restored, running } from "./backups.ts";
import { tamper } from "./sqlite-file.ts";
import { continued, filesOf } from "./continued.ts";
import { Places } from "./places.ts";

const places = new Places();

async function manifestOf(backup: string): Promise<BackupManifest> {
  return JSON.parse(await readFile(join(backup, "backup.json"), "utf8")) as BackupManifest;
}

describe("a restore", () => {
  test("of a backup whose files were changed is refused", async () => {
    const { stateDir, backup } = await continued(places);
    await appendFile(join(backup, "audit-anchors.jsonl"), "x");

    await expect(restored(stateDir, backup)).rejects.toMatchObject({
      message: `${backup}/audit-anchors.jsonl was changed after the backup`,
    });
  });

  test.each([
    { member: "instance", value: "main2", because: "the name of its instance" },
    { member: "at", value: "2026-11-27T00:00:00.000Z", because: "its time" },
    { member: "note", value: "x", because: "a further member" },
    { member: "signature", value: "AAAA", because: "its signature" },
  ])("of a backup whose backup.json was changed is refused: $because", async ({ member, value }) => {
    const { stateDir, backup } = await continued(places);
    const path = join(backup, "backup.json");
    await writeFile(path, JSON.stringify({ ...(await manifestOf(backup)), [member]: value }));
    const before = await filesOf(stateDir);

    const { keyId } = await manifestOf(backup);
    await expect(restored(stateDir, backup, { reason: "INC-204" })).rejects.toMatchObject({
      message: `${path} does not match its signature by key ${keyId}: it was changed after the backup`,
    });
    expect(await filesOf(stateDir)).toEqual(before);
  });

  test("of a backup that is not signed is refused", async () => {
    const { stateDir, backup } = await continued(places);
    const path = join(backup, "backup.json");
    const { signature: _, ...unsigned } = await manifestOf(backup);
    await writeFile(path, JSON.stringify(unsigned));

    await expect(restored(stateDir, backup)).rejects.toMatchObject({
      message: `${path} is not signed, so that nothing proves who wrote it`,
    });
  });

  test.each([
    {
      change: { format: "grantkeeper-backup/2" },
      message: "was written by another version: this one reads grantkeeper-backup/1",
    },
    { change: { files: null }, message: "is damaged" },
    { change: { format: 1 }, message: "is damaged" },
  ])("of a backup whose backup.json $message is refused for that reason", async ({ change, message }) => {
    const { stateDir, backup } = await continued(places);
    const path = join(backup, "backup.json");
    await writeFile(path, JSON.stringify({ ...(await manifestOf(backup)), ...change }));

    await expect(restored(stateDir, backup)).rejects.toMatchObject({ message: `${path} ${message}` });
  });

  test("of a backup that another key signed is refused, although that key is in the backup", async () => {
    const { stateDir, backup } = await continued(places);
    const other = await continued(places);
    const path = join(backup, "backup.json");
    const added = await readFile(join(other.stateDir, "audit-key.pub.pem"), "utf8");
    await appendFile(join(backup, "audit-key.pub.pem"), added);
    const manifest = await manifestOf(backup);
    const files = {
      ...manifest.files,
      "audit-key.pub.pem": await fileHash(join(backup, "audit-key.pub.pem")),
    };
    const forged = signBackup({ ...manifest, files }, existingAuditKey(other.stateDir));
    await writeFile(path, JSON.stringify(forged));

    await expect(restored(stateDir, backup, { reason: "INC-204" })).rejects.toMatchObject({
      name: "BackupError",
      message: expect.stringContaining(
        `signed by key ${forged.keyId}, which is not a key of this state directory`,
      ),
      fix: expect.stringContaining("restore into an empty one"),
    });
  });

  test("of a backup with another key's signature is refused in an empty state directory too, by the copies of checkpoints", async () => {
    const { backup } = await continued(places);
    const other = await continued(places);
    const added = await readFile(join(other.stateDir, "audit-key.pub.pem"), "utf8");
    await appendFile(join(backup, "audit-key.pub.pem"), added);
    // The audit record is as it was: the copies of checkpoints prove nothing of the other tables.
    tamper(backup, "DELETE FROM suspensions");
    const manifest = await manifestOf(backup);
    const files = { ...manifest.files };
    for (const name of ["audit-key.pub.pem", "grantkeeper.db"])
      files[name] = await fileHash(join(backup, name));
    const forged = signBackup({ ...manifest, files }, existingAuditKey(other.stateDir));
    await writeFile(join(backup, "backup.json"), JSON.stringify(forged));
    const anchors = parseAnchors(await readFile(join(backup, "audit-anchors.jsonl"), "utf8"));
    const empty = await places.folder();

    expect(anchors).not.toHaveLength(0);
    await expect(restored(empty, backup, { anchors })).rejects.toMatchObject({
      message: expect.stringContaining(
        `signed by key ${forged.keyId}, which signed none of the copies of checkpoints`,
      ),
    });
    expect(await filesOf(empty)).toEqual([]);
  });

  test("of a backup without one of its files is refused", async () => {
    const { stateDir, backup } = await continued(places);
    await rm(join(backup, "audit-key.pub.pem"));

    await expect(restored(stateDir, backup)).rejects.toMatchObject({
      message: `${backup} lacks audit-key.pub.pem`,
    });
  });

  test("of a backup whose list of files lacks the record is refused, although the file is there", async () => {
    const { stateDir, backup } = await continued(places);
    const path = join(backup, "backup.json");
    const manifest = JSON.parse(await readFile(path, "utf8")) as { files: Record<string, string> };
    delete manifest.files["grantkeeper.db"];
    await writeFile(path, JSON.stringify(manifest));
    const before = await filesOf(stateDir);

    await expect(restored(stateDir, backup, { reason: "INC-204" })).rejects.toMatchObject({
      name: "BackupError",
      message: expect.stringContaining("does not list grantkeeper.db"),
    });
    expect(await filesOf(stateDir)).toEqual(before);
  });

  test("verifies what it restores, without a log that lies next to the record in the backup", async () => {
    const { stateDir, store } = await running(places);
    const backup = join(await places.folder(), "backup");
    await backedUp(stateDir, backup);
    await store.audit.append([refusal(3)]);
    for (const name of ["grantkeeper.db", "grantkeeper.db-wal"])
      await copyFile(join(stateDir, name), join(backup, name));
    const path = join(backup, "backup.json");
    const hash = await fileHash(join(backup, "grantkeeper.db"));
    const manifest = await manifestOf(backup);
    const files = { ...manifest.files, "grantkeeper.db": hash };
    await writeFile(path, JSON.stringify(signBackup({ ...manifest, files }, existingAuditKey(stateDir))));
    await places.close(store);
    const before = await filesOf(stateDir);

    await expect(restored(stateDir, backup)).rejects.toMatchObject({ code: "damaged" });
    expect(await filesOf(stateDir)).toEqual(before);
  });

  test("of another instance is refused", async () => {
    const { stateDir, backup } = await continued(places);

    await expect(restored(stateDir, backup, { instance: "other" })).rejects.toMatchObject({
      message: `${backup} is a backup of the instance main, and this one is other`,
    });
  });
});
