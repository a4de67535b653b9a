import { appendFile, chown, copyFile, mkdir, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { parseAnchors } from "../../src/audit/anchor.ts";
import { signCheckpoint } from "../../src/audit/checkpoint.ts";
import { existingAuditKey } from "../../src/store/audit-key.ts";
import { markRestore } from "../../src/store/restore-marker.ts";
import { acquireLock } from "../../src/store/sqlite/lock.ts";
import { all } from "./audit-entries.ts";
import { backedUp, opened, restored, running } from "./backups.ts";
import { START_MS } from "./engines.ts";
import { tamper, verified } from "./sqlite-file.ts";
import { ACCOUNT_RECORD, SUSPENSION } from "./stored-records.ts";
import { continued, filesOf } from "./continued.ts";
import { Places } from "./places.ts";

const places = new Places();

describe("a restore", () => {
  test("to an empty state directory continues the chain, and the record shows it", async () => {
    const { backup } = await continued(places);
    const stateDir = await places.folder();

    const outcome = await restored(stateDir, backup);

    expect(outcome).toMatchObject({ kind: "restored", lostUpTo: null, before: null, hasNewKey: true });
    const { audit } = opened(places, stateDir);
    expect((await all(audit)).slice(3)).toMatchObject([
      { seq: 4, kind: "restored", version: "2", lostUpTo: null, reason: null },
      { seq: 5, kind: "checkpoint" },
    ]);
    expect(await verified(stateDir)).toMatchObject({ verdict: "intact", entries: 5 });
  });

  test("ends approvals and holds each account's first pass again, and keeps suspensions", async () => {
    const { backup } = await continued(places);
    const stateDir = await places.folder();

    await restored(stateDir, backup);

    const { store } = opened(places, stateDir);
    expect(await store.approvals(START_MS)).toEqual([]);
    expect(await store.suspensions(START_MS)).toEqual([SUSPENSION]);
    expect(await store.accounts()).toEqual([{ ...ACCOUNT_RECORD, started: false }]);
  });

  test("gives every file to the owner of the state directory, also if root restores", async () => {
    const { backup } = await continued(places);
    const stateDir = await places.folder();
    // Only root can give the directory to someone else.
    const owner = process.geteuid?.() === 0 ? 10_001 : (await stat(stateDir)).uid;
    await chown(stateDir, owner, (await stat(stateDir)).gid);

    await restored(stateDir, backup);

    const names = await readdir(stateDir);
    expect(names).toEqual(expect.arrayContaining(["audit-key.pem", "grantkeeper.db", "lock.db"]));
    const owners = await Promise.all(names.map(async (name) => (await stat(join(stateDir, name))).uid));
    expect(new Set(owners)).toEqual(new Set([owner]));
  });

  test("of a state directory in use is refused", async () => {
    const { stateDir, backup } = await continued(places);
    const lock = acquireLock(stateDir);

    await expect(restored(stateDir, backup)).rejects.toMatchObject({ code: "locked" });
    lock.release();
  });

  test.each([
    { stage: "the copies of checkpoints", removed: "grantkeeper.db", lostUpTo: 5 },
    { stage: "the record that it replaces", removed: "audit-anchors.jsonl", lostUpTo: 5 },
  ])("behind entries that $stage show is refused without a reason", async ({ removed, lostUpTo }) => {
    const { stateDir, backup } = await continued(places);
    await rm(join(stateDir, removed));
    const before = await filesOf(stateDir);

    expect(await restored(stateDir, backup)).toMatchObject({ kind: "behind", lostUpTo });
    expect(await filesOf(stateDir)).toEqual(before);
  });

  test("behind a copy that was kept elsewhere is refused without a reason", async () => {
    const { stateDir, backup } = await continued(places);
    const anchors = parseAnchors(await readFile(join(stateDir, "audit-anchors.jsonl"), "utf8"));

    const outcome = await restored(await places.folder(), backup, { anchors });

    expect(outcome).toMatchObject({ kind: "behind", lostUpTo: 5, seenAt: anchors.at(-1)?.at });
  });

  test("with a reason goes back, records what was lost, and keeps the replaced files", async () => {
    const { stateDir, backup } = await continued(places);

    const outcome = await restored(stateDir, backup, { reason: "INC-204" });

    expect(outcome).toMatchObject({ kind: "restored", lostUpTo: 5, hasNewKey: false });
    const { audit } = opened(places, stateDir);
    expect((await all(audit)).slice(3)).toMatchObject([
      { seq: 4, kind: "restored", lostUpTo: 5, reason: "INC-204" },
      { seq: 5, kind: "checkpoint" },
    ]);
    const before = (await readdir(stateDir)).filter((name) => name.startsWith("before-restore-"));
    expect(await filesOf(join(stateDir, before[0] ?? ""))).toEqual([
      "audit-anchors.jsonl",
      "audit-key.pem",
      "audit-key.pub.pem",
      "grantkeeper.db",
    ]);
  });

  test("of a record that contradicts a copy of a checkpoint is refused", async () => {
    const { stateDir, backup } = await continued(places);
    const other = { seq: 2, hash: "0".repeat(64) };
    const anchors = [signCheckpoint(existingAuditKey(stateDir), other, new Date(START_MS).toISOString())];

    expect(await restored(await places.folder(), backup, { anchors })).toMatchObject({
      kind: "broken",
      report: { verdict: "broken" },
    });
  });

  test("restores what it has verified, also if the backup is changed meanwhile", async () => {
    const { backup } = await continued(places);
    const stateDir = await places.folder();
    const restoring = restored(stateDir, backup);
    await appendFile(join(backup, "audit-anchors.jsonl"), "x");
    tamper(backup, "DELETE FROM suspensions");

    expect(await restoring).toMatchObject({ kind: "restored" });
    expect(await opened(places, stateDir).store.suspensions(START_MS)).toEqual([SUSPENSION]);
  });

  test("names the damaged copies of checkpoints, which prove nothing", async () => {
    const { stateDir, store } = await running(places);
    await appendFile(join(stateDir, "audit-anchors.jsonl"), '{"upTo":2,"head":"ab","keyId":\n');
    const backup = join(await places.folder(), "backup");

    const written = await backedUp(stateDir, backup);
    await places.close(store);

    const file = join(backup, "audit-anchors.jsonl");
    expect(written).toMatchObject({ damagedCopies: [{ file, lines: [2] }] });
    expect(await restored(stateDir, backup)).toMatchObject({
      kind: "restored",
      damagedCopies: [
        { file, lines: [2] },
        { file: join(stateDir, "audit-anchors.jsonl"), lines: [2] },
      ],
    });
  });

  test("replaces a record that is damaged", async () => {
    const { stateDir, backup } = await continued(places);
    await rm(join(stateDir, "audit-anchors.jsonl"));
    tamper(stateDir, "PRAGMA application_id = 7");

    expect(await restored(stateDir, backup)).toMatchObject({ kind: "restored", lostUpTo: null });
    expect(await verified(stateDir)).toMatchObject({ verdict: "intact" });
  });
});

describe("a restore that was interrupted", () => {
  test.each([
    { phase: "moving", moved: ["audit-key.pem"], because: "some of the files before were moved" },
    { phase: "placing", moved: ["audit-key.pem", "grantkeeper.db"], because: "some files were placed" },
  ] as const)("keeps a controller from starting, and can be repeated: $because", async ({ phase, moved }) => {
    const { stateDir, backup } = await continued(places);
    const before = join(stateDir, "before-restore-1");

    await mkdir(before);
    for (const name of moved) await rename(join(stateDir, name), join(before, name));
    if (phase === "placing") await copyFile(join(backup, "grantkeeper.db"), join(stateDir, "grantkeeper.db"));
    markRestore(stateDir, { phase, before });

    expect(() => opened(places, stateDir)).toThrow(expect.objectContaining({ code: "unfinished-restore" }));
    expect(await restored(stateDir, backup)).toMatchObject({ kind: "behind", lostUpTo: 5 });
    const outcome = await restored(stateDir, backup, { reason: "again" });

    expect(outcome).toMatchObject({ kind: "restored", before });
    expect(await readdir(before)).toEqual(expect.arrayContaining([...moved]));
    const { audit } = opened(places, stateDir);
    expect((await all(audit)).map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
  });
});
