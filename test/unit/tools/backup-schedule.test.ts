import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";

const PAGE = join(import.meta.dirname, "../../../docs/operations/backup-and-restore.md");
const BEFORE_WINTER_TIME = Date.parse("2026-10-24T22:17:00Z") / 1_000;

const line =
  readFileSync(PAGE, "utf8")
    .split("\n")
    .find((one) => one.includes("* * *  grantkeeper backup ")) ?? "";

/** The folders that the line of the page names, as the shell of cron would, at these times. */
function foldersAt(times: readonly number[]): readonly string[] {
  const [, to = ""] = /--to (\S+\(.*?\))/.exec(line) ?? [];
  const script = times.map(
    (time) => `echo ${to.replaceAll("\\%", "%").replace("$(date ", `$(date -d @${time} `)}`,
  );
  const env = { ...process.env, TZ: "Europe/Berlin" };
  return execFileSync("sh", ["-c", script.join("\n")], { encoding: "utf8", env })
    .trim()
    .split("\n");
}

// The option of `date` for another time is that of GNU.
(process.platform === "linux" ? describe : describe.skip)(
  "the schedule of backups in the documentation",
  () => {
    test("names another folder each time, also in the night when an hour of local time repeats", () => {
      const folders = foldersAt(Array.from({ length: 8 }, (_, at) => BEFORE_WINTER_TIME + at * 3_600));

      expect(folders[0]).toMatch(/^\/backups\/2026-10-2/);
      expect(new Set(folders).size).toBe(8);
    });

    test("removes old backups only after a good one", () => {
      expect(line).toMatch(/ && find \/backups /);
    });
  },
);
