import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
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

function started(number: string): ChildProcessWithoutNullStreams {
  return spawn("/bin/sh", [SCRIPT, join(root, "backups"), "3600", number], {
    env: { PATH: `${root}/bin:${process.env["PATH"] ?? ""}`, GRANTKEEPER_STATE_DIR: join(root, "state") },
  });
}

interface Ended {
  readonly code: number | null;
  /** Its standard error. */
  readonly log: string;
}

/** @returns when it has ended */
async function endOf(child: ChildProcessWithoutNullStreams): Promise<Ended> {
  const exited = once(child, "close") as Promise<[number | null]>;
  const log = await text(child.stderr);
  const [code] = await exited;
  return { code, log };
}

/** Runs the script until it was seen, ends it, and waits for its end. */
async function runUntil(what: string, isSeen: () => boolean): Promise<Ended> {
  const child = started("2");
  const ended = endOf(child);
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

  const { code, log } = await runUntil("there were four backups", () => linesOf("sleeps").length >= 4);

  const kept = readdirSync(join(root, "backups"));
  const last = linesOf("calls").map((path) => path.split("/").at(-1));
  expect([code, log]).toEqual([0, ""]);
  expect(linesOf("sleeps")[0]).toBe("3600");
  expect(kept).toContain("lost+found");
  expect(kept.filter((name) => name.includes("partial"))).toEqual([]);
  expect(last.slice(0, 2)).toEqual(["2026-11-29T000001", "2026-11-29T000002"]);
  expect(kept).not.toContain("2026-11-29T000001");
});

test("a backup that fails leaves the number of earlier ones that are kept, and a smaller number frees a full disk", async () => {
  startedState();
  const earlier = ["2026-11-28T010000", "2026-11-28T020000", "2026-11-28T030000"];
  for (const name of earlier) mkdirSync(join(root, "backups", name));
  program("grantkeeper", `echo "$3" >>${root}/calls; exit 3`);

  await runUntil("two backups failed", () => linesOf("calls").length >= 2);

  expect(readdirSync(join(root, "backups"))).toEqual(earlier.slice(1));
});

test.each([
  { earlier: ["2031-01-01T000000", "2031-01-02T000000"], last: 1, because: "the clock was set back" },
  { earlier: ["2031-01-01T000000", "2031-01-02T000000"], last: 3, because: "hours after it was set back" },
])(
  "the newest backups remain, not those with the latest names: $because, $last",
  async ({ earlier, last }) => {
    startedState();
    for (const name of earlier) mkdirSync(join(root, "backups", name));
    program(
      "sleep",
      `echo "$1" >>${root}/sleeps; [ "$(wc -l <${root}/sleeps)" -lt ${last} ] || exec tail -f /dev/null`,
    );

    await runUntil("there were backups", () => linesOf("sleeps").length >= last);

    const made = linesOf("calls").map((path) => path.split("/").at(-1) ?? "");
    expect(readdirSync(join(root, "backups"))).toEqual(
      [...earlier, ...made].slice(-2).toSorted((a, b) => (a < b ? -1 : 1)),
    );
  },
);

test("a number below 1 is refused: no backup would remain", async () => {
  const { code, log } = await endOf(started("0"));

  expect(code).toBe(2);
  expect(log).toBe('grantkeeper-backups: the number of backups to keep is at least 1, not "0"\n');
});

test("nothing is backed up before the first start has made the record, which one line in the log shows", async () => {
  const { log } = await runUntil("it waited twice", () => linesOf("sleeps").length >= 2);

  expect([linesOf("calls"), linesOf("sleeps")[0]]).toEqual([[], "2"]);
  expect(log).toBe(
    `grantkeeper-backups: waiting for the first start of the controller, which creates ${root}/state/audit-key.pub.pem\n`,
  );
});
