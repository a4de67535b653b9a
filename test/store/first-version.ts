import { execFile } from "node:child_process";
import { readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";
import type { Places } from "./places.ts";

const FIXTURE = new URL("../fixtures/state-0.1.0/", import.meta.url);
const MODULES = join(import.meta.dirname, "../../node_modules");
const PROGRAM = "record-program.mjs";
const STATE_FILES = ["grantkeeper.db", "audit-key.pem", "audit-key.pub.pem", "audit-anchors.jsonl"];
/** After the last entry of the fixture, while its approval and its suspension last. */
export const NOW_MS = Date.parse("2026-11-28T05:00:00.000Z");

async function unpack(name: string, to: string): Promise<void> {
  await writeFile(to, gunzipSync(await readFile(new URL(`${name}.gz`, FIXTURE))), { mode: 0o600 });
}

/** A copy of the state directory that 0.1.0 wrote. */
export async function stateOfBefore(places: Places): Promise<string> {
  const stateDir = await places.folder();
  for (const name of STATE_FILES) await unpack(name, join(stateDir, name));
  return stateDir;
}

/** Runs the code of 0.1.0 on a record: `verify`, as its `audit verify`, or `continue`, as its `run` opens and writes it. */
export async function firstVersion(
  places: Places,
  action: "verify" | "continue",
  stateDir: string,
): Promise<unknown> {
  const folder = await places.folder();
  await unpack(PROGRAM, join(folder, PROGRAM));
  // The database driver, which both versions use.
  await symlink(MODULES, join(folder, "node_modules"));
  const args = [join(folder, PROGRAM), action, stateDir, new Date(NOW_MS).toISOString()];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout);
}
