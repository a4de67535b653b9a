import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { AT_MOST_MS, until } from "../../../demo/wait.ts";

const SCRIPT = join(import.meta.dirname, "../../../deploy/image/backups");
const WITHIN = { withinMs: AT_MOST_MS };

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "backups-"));
  for (const name of ["bin", "state", "backups"]) mkdirSync(join(root, name));
  // Each call is a second later.
  program("date", `echo x >>${root}/dates; printf '2026-11-29T0000%02d' "$(wc -l <${root}/dates)"`);
  program("grantkeeper", `echo "$3" >>${root}/calls; mkdir "$3"`);
  program("sleep", `echo "$1" >>${root}/sleeps`);
});

afterEach(() => rm(root, { recursive: true }));

function program(name: string, text: string): void {
  writeFileSync(join(root, "bin", name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
}

function linesOf(name: string): readonly string[] {
  const file = join(root, name);
  return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
}

/** Runs the script until it was seen, ends it, and waits for its end. @returns its exit code */
async function runUntil(what: string, isSeen: () => boolean): Promise<number | null> {
  const child = spawn("/bin/sh", [SCRIPT, join(root, "backups"), "3600", "2"], {
    env: { PATH: `${root}/bin:${process.env["PATH"] ?? ""}`, GRANTKEEPER_STATE_DIR: join(root, "state") },
    stdio: "ignore",
  });
  const ended = new Promise<number | null>((resolve) => void child.once("exit", resolve));
  try {
    await until(what, () => (isSeen() ? true : undefined), WITHIN);
  } finally {
    child.kill("SIGTERM");
  }
  return ended;
}

function startedState(): void {
  writeFileSync(join(root, "state/audit-key.pub.pem"), "");
}

test("the container of the backups makes one each hour, keeps the newest ones, and ends at SIGTERM", async () => {
  startedState();
  mkdirSync(join(root, "backups/2026-11-28T000000.partial-x"));
  mkdirSync(join(root, "backups/lost+found"));

  const code = await runUntil("there were four backups", () => linesOf("sleeps").length >= 4);

  const kept = readdirSync(join(root, "backups"));
  const last = linesOf("calls").map((path) => path.split("/").at(-1));
  expect(code).toBe(0);
  expect(linesOf("sleeps")[0]).toBe("3600");
  expect(kept).toContain("lost+found");
  expect(kept.filter((name) => name.includes("partial"))).toEqual([]);
  expect(last.slice(0, 2)).toEqual(["2026-11-29T000001", "2026-11-29T000002"]);
  expect(kept).not.toContain("2026-11-29T000001");
});

test("a backup that fails removes no earlier one", async () => {
  startedState();
  const earlier = ["2026-11-28T010000", "2026-11-28T020000", "2026-11-28T030000"];
  for (const name of earlier) mkdirSync(join(root, "backups", name));
  program("grantkeeper", `echo "$3" >>${root}/calls; exit 3`);

  await runUntil("two backups failed", () => linesOf("calls").length >= 2);

  expect(readdirSync(join(root, "backups"))).toEqual(earlier);
});

test("nothing is backed up before the first start has made the record", async () => {
  await runUntil("it waited twice", () => linesOf("sleeps").length >= 2);

  expect([linesOf("calls"), linesOf("sleeps")[0]]).toEqual([[], "2"]);
});
