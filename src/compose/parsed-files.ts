import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
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
  const parser = parserDigest(config);
  if (parser === null) {
    telemetry.warn("parsed files are not kept: the installation is incomplete", { missing: CODE_HASH_FILE });
    return null;
  }
  return Store.open({ path, auditKey: existingAuditKey(config.stateDir), parser, telemetry });
}

/**
 * Of everything besides a file that decides what it is parsed to: the code, also of a version that is being developed,
 * its packages, the Node with its tables of Unicode, and the limits. null: the code is not known.
 */
function parserDigest(config: Config): Digest | null {
  const limits = { ...manifestLimits(config) };
  const code = codeHash();
  return code === null ? null : digestOf({ node: process.version, code, limits });
}

/** The folders of the code that parses, as they lie next to this one in a checkout. */
const PARSING = ["model", "text", "iam", "manifest"];

/** Next to a bundle, by `tools/build.ts`: to hash the code here would be 20 ms of each start. */
const CODE_HASH_FILE = "code.sha256";

function codeHash(): string | null {
  const own = fileURLToPath(import.meta.url);
  const hash = createHash("sha256").update(PACKAGE_TEXT);
  if (!own.endsWith(".ts")) {
    const file = join(dirname(own), CODE_HASH_FILE);
    return existsSync(file) ? hash.update(readFileSync(file)).digest("hex") : null;
  }
  const folders = PARSING.map((name) => join(dirname(own), "..", name));
  for (const folder of folders)
    for (const file of readdirSync(folder, { recursive: true, encoding: "utf8" }).sort())
      if (file.endsWith(".ts")) hash.update(`${file}\n`).update(readFileSync(join(folder, file)));
  return hash.digest("hex");
}
