import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { anchorLine } from "../../../../src/audit/anchor.ts";
import type { BackupManifest, RestoreOutcome } from "../../../../src/audit/backup.ts";
import { verifyExport } from "../../../../src/audit/verification/verify.ts";
import type { Installation } from "../../../../src/cli/toolbox/toolbox.ts";
import { CHAIN_KEY, chainOf } from "../../../support/record/chain.ts";
import { cli } from "../../../support/screens/cli.ts";

const STOPPED = { kind: "stopped", version: "1", reason: "asked" } as const;
const CHAIN = chainOf([STOPPED, STOPPED, "sign"]);
const MANIFEST: BackupManifest = {
  format: "grantkeeper-backup/1",
  version: "1",
  instance: "main",
  at: "2026-11-28T01:00:00.000Z",
  lastEntry: 3,
  files: { "grantkeeper.db": "0" },
  keyId: "4d:1a",
  signature: "AAAA",
};
const DAMAGED = [{ file: "/b/audit-anchors.jsonl", lines: [2, 7] }];
const NAMED = "warning: /b/audit-anchors.jsonl: 2 damaged copies of checkpoints skipped (lines 2, 7)";

async function report(lines: readonly string[] = CHAIN.lines) {
  return verifyExport({ lines, publicKeys: [CHAIN_KEY], anchors: CHAIN.anchors, extent: "whole" });
}

describe("backup", () => {
  test("names the folder, what was verified and what it lacks", async () => {
    const installation: Partial<Installation> = {
      backup: async () => ({
        kind: "written",
        manifest: MANIFEST,
        report: await report(),
        damagedCopies: DAMAGED,
      }),
    };

    expect(await cli(["backup", "--config", "x", "--to", "/b"], { installation })).toEqual({
      code: 0,
      err: "",
      out: [
        "Backup written to /b: 3 entries, verified",
        NAMED,
        "The private audit key is not in it: a state directory without a key gets a new one.",
        "To restore it: grantkeeper restore /b",
        "",
      ].join("\n"),
    });
  });

  test("with the private key asks to protect it", async () => {
    const manifest = { ...MANIFEST, files: { "audit-key.pem": "0" } };
    const installation: Partial<Installation> = {
      backup: async ({ withKey }) => {
        expect(withKey).toBe(true);
        return { kind: "written", manifest, report: await report(), damagedCopies: [] };
      },
    };

    const { out } = await cli(["backup", "--config", "x", "--to", "/b", "--with-audit-key"], {
      installation,
    });

    expect(out).toContain("It contains the private audit key: protect it like a password.");
  });

  test("of a broken record exits with 3 and names the entry", async () => {
    const installation: Partial<Installation> = {
      backup: async () => ({ kind: "broken", report: await report(CHAIN.lines.slice(1)) }),
    };

    const { code, out } = await cli(["backup", "--config", "x", "--to", "/b"], { installation });

    expect(code).toBe(3);
    expect(out).toContain("✗ Broken at entry 1");
    expect(out).toContain("No backup was written.");
  });
});

describe("restore", () => {
  async function answer(outcome: Partial<RestoreOutcome>, ...more: readonly string[]) {
    const base = { manifest: MANIFEST, report: await report(), damagedCopies: DAMAGED };
    const entire = { ...base, ...outcome } as RestoreOutcome;
    return cli(["restore", "--config", "x", "/b", ...more], {
      installation: { restore: async () => entire },
    });
  }

  test("names what was restored, what was lost and what is next", async () => {
    const { code, out } = await answer({
      kind: "restored",
      lostUpTo: 9,
      before: "/s/before",
      hasNewKey: false,
    });

    expect(code).toBe(0);
    expect(out).toContain(": 3 entries of the backup of 2026-11-28T01:00:00.000Z, verified");
    expect(out.replaceAll("\n", " ")).toContain(NAMED);
    expect(out).toContain("Lost: entries 4 to 9, with the reason in the record");
    expect(out).toContain("The replaced files are in /s/before");
  });

  test("without a loss and without replaced files does not mention them", async () => {
    const { out } = await answer({ kind: "restored", lostUpTo: null, before: null, hasNewKey: false });

    expect(out).toContain("Restored to");
    expect(out).not.toMatch(/Lost|replaced|audit key/);
  });

  test("names the new audit key, without which an auditor's verification fails", async () => {
    const { out } = await answer({ kind: "restored", lostUpTo: null, before: null, hasNewKey: true });

    expect(out.replaceAll(/\s+/g, " ")).toMatch(
      /give auditors \S+audit-key\.pub\.pem in addition to the key before\./,
    );
  });

  test.each([
    { seenAt: null, evidence: "the record that it would replace" },
    { seenAt: "2026-11-28T02:00:00.000Z", evidence: "the copy of a checkpoint of 2026-11-28T02:00:00.000Z" },
  ])("behind $evidence exits with 3 and names both ways on", async ({ seenAt, evidence }) => {
    expect(await answer({ kind: "behind", lostUpTo: 9, seenAt })).toEqual({
      code: 3,
      out: "",
      err: [
        `error: the backup ends at entry 3, but ${evidence} shows that the record had 9 entries`,
        "hint:  use a newer backup, or accept the loss of entries 4 to 9 with --reason",
        "",
      ].join("\n"),
    });
  });

  test("of a broken record exits with 3", async () => {
    const { code, out } = await answer({ kind: "broken" });

    expect(code).toBe(3);
    expect(out).toContain("Nothing was restored.");
  });

  test("passes the copies of a file and the reason on", async () => {
    const folder = await mkdtemp(join(tmpdir(), "gk-restore-"));
    await writeFile(join(folder, "a"), CHAIN.anchors.map(anchorLine).join("\n"));
    const asked: unknown[] = [];
    const installation: Partial<Installation> = {
      restore: async (request) => {
        asked.push(request);
        return { kind: "broken", report: await report() };
      },
    };

    const anchors = join(folder, "a");
    await cli(["restore", "--config", "x", "/b", "--anchors", anchors, "--reason", "INC-1"], {
      installation,
    });
    await rm(folder, { recursive: true });

    expect(asked).toEqual([{ from: "/b", anchors: CHAIN.anchors, reason: "INC-1" }]);
  });

  test.each([
    { more: ["--reason", " "], problem: "--reason is empty" },
    { more: ["--anchors", "/missing"], problem: "cannot read /missing (ENOENT)" },
    { more: ["--anchors", "/dev/null"], problem: "/dev/null has no copy of a checkpoint" },
  ])("refuses what it cannot use: $problem", async ({ more, problem }) => {
    expect((await answer({ kind: "broken" }, ...more)).err).toContain(problem);
  });
});
