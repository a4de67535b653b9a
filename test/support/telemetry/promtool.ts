import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";

/** CI installs Debian's Prometheus; elsewhere the tests that need promtool may be skipped. */
export const HAS_PROMTOOL = existsSync("/usr/bin/promtool") || process.env["CI"] === "true";

/** @throws Error with the output of promtool if it fails */
export function promtool(...args: readonly string[]): string {
  return execFileSync("promtool", args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}
