import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { portNear } from "../../demo/ports.ts";
import { grantkeeper, startController } from "../../demo/program.ts";
import { ROOT } from "../../demo/root.ts";
import { AT_MOST_MS, until } from "../../demo/wait.ts";
import { makeRepository } from "../support/git/git-repository.ts";

const WITHIN = { withinMs: AT_MOST_MS };
/** It starts ten programs one after the other, which takes long on a busy machine. */
const TEST_MS = 10 * AT_MOST_MS;
const CREDENTIALS = { AWS_ACCESS_KEY_ID: "AKIDEXAMPLE", AWS_SECRET_ACCESS_KEY: "x" };

let folder = "";
let url = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "failed-backup-"));
  await makeRepository(folder, "permissions.git");
  const port = await portNear(18_385);
  url = `http://127.0.0.1:${port}`;
  writeFileSync(
    join(folder, "grantkeeper.yaml"),
    `instance: test-1
stateDir: ./state
sources: [{name: main, git: {url: "${join(folder, "permissions.git")}", branch: main}, interval: 1h}]
http: {listen: "127.0.0.1:${port}"}
aws: {endpoint: "http://127.0.0.1:9", simulator: true}
`,
  );
});
afterEach(async () => {
  await rm(folder, { recursive: true, maxRetries: 3 });
});

/** `grantkeeper backup` where the folder of the backups is a disk of its own, of 64 KiB. */
async function backUpToSmallDisk(): Promise<{ readonly code: number | null; readonly err: string }> {
  const backups = join(folder, "backups");
  mkdirSync(backups);
  const mounted = `mount -t tmpfs -o size=64k backups "$0" && exec "$@"`;
  const program = [process.execPath, join(ROOT, "bin/grantkeeper.mjs"), "backup", "--to", join(backups, "1")];
  const child = spawn(
    "unshare",
    ["--user", "--map-root-user", "--mount", "sh", "-c", mounted, backups, ...program],
    { cwd: folder, stdio: ["ignore", "ignore", "pipe"] },
  );
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const err = await text(child.stderr);
  return { code: await ended, err };
}

const ask = async (...args: readonly string[]): Promise<string> => {
  const { out } = await grantkeeper([...args, "--config", "grantkeeper.yaml"], folder);
  return out.replaceAll(/\s+/g, " ");
};

// Only Linux has the mount namespaces that this needs.
(process.platform === "linux" ? describe : describe.skip)("a backup on a full disk", () => {
  test(
    "is shown by status, doctor, the log and the metrics, until a good one",
    async () => {
      const log = join(folder, "log");
      const controller = startController(join(folder, "grantkeeper.yaml"), log, CREDENTIALS);
      const shown = (wanted: string, ...args: readonly string[]): Promise<unknown> =>
        until(
          `${args.join(" ")} shows ${wanted}`,
          async () => (await ask(...args)).includes(wanted) || undefined,
          WITHIN,
        );
      try {
        await until("it runs", () => existsSync(join(folder, "state", "api-token")) || undefined, WITHIN);

        const failed = await backUpToSmallDisk();

        expect(failed.code).toBe(1);
        expect(failed.err.replaceAll(/\s+/g, " ")).toContain("the disk is full (ENOSPC)");
        await shown("backup: the record: the last backup failed", "status");
        expect(await ask("doctor")).toMatch(/failed operator backup the last backup failed; .*ENOSPC/);
        expect(readFileSync(log, "utf8")).toMatch(/ENOSPC.*"message":"the last backup failed"/);
        expect(await (await fetch(`${url}/metrics`)).text()).toContain("grantkeeper_backup_failures 1\n");

        await ask("backup", "--to", join(folder, "good"));

        await until(
          "status has no failed backup",
          async () => !(await ask("status")).includes("backup:") || undefined,
          WITHIN,
        );
        const metrics = await (await fetch(`${url}/metrics`)).text();
        expect(metrics).toContain("grantkeeper_backup_failures 0\n");
        expect(metrics).toMatch(/grantkeeper_backup_last_success_timestamp_seconds \d/);
        expect(await ask("doctor")).toContain(`last verified backup: `);
      } finally {
        await controller.stop();
      }
    },
    TEST_MS,
  );
});
