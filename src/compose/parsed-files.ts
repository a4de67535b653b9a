import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Config } from "../config/config.ts";
import type { Telemetry } from "../controller/ports/telemetry.ts";
import type { SqliteParsedFiles } from "../store/parsed-files.ts";
import { digestOf, type Digest } from "../model/values/digest.ts";
import { manifestLimits } from "./settings.ts";
import { PACKAGE_TEXT } from "./version.ts";

/** The parsed files of earlier processes; null: they cannot be kept. */
export async function openParsedFiles(
  config: Config,
  telemetry: Telemetry,
): Promise<SqliteParsedFiles | null> {
  const { PARSED_FILES_FILE, SqliteParsedFiles: Store } = await import("../store/parsed-files.ts");
  const { existingAuditKey } = await import("../store/audit-key.ts");
  const path = join(config.stateDir, PARSED_FILES_FILE);
  const auditKey = existingAuditKey(config.stateDir);
  return Store.open({ path, auditKey, parser: parserDigest(config), telemetry });
}

/**
 * Of everything besides a file that decides what it is parsed to: the code, also of a version that is being developed,
 * its packages, the Node with its tables of Unicode, and the limits.
 */
function parserDigest(config: Config): Digest {
  const limits = { ...manifestLimits(config) };
  return digestOf({ node: process.version, code: codeHash(), limits });
}

/** The folders of the code that parses, as they lie next to this one in a checkout. */
const PARSING = ["model", "text", "iam", "manifest"];

/** A bundle is hashed once, by `tools/build.ts`: here it would be 20 ms of each start. */
function codeHash(): string {
  const own = fileURLToPath(import.meta.url);
  const hash = createHash("sha256").update(PACKAGE_TEXT);
  if (!own.endsWith(".ts")) return hash.update(readFileSync(join(dirname(own), "code.sha256"))).digest("hex");
  const folders = PARSING.map((name) => join(dirname(own), "..", name));
  for (const folder of folders)
    for (const file of readdirSync(folder, { recursive: true, encoding: "utf8" }).sort())
      if (file.endsWith(".ts")) hash.update(`${file}\n`).update(readFileSync(join(folder, file)));
  return hash.digest("hex");
}
