import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { z } from "zod";
import type { Estate } from "../../adopt/estate/estate.ts";
import { CliError, unreadableFile } from "../../cli/toolbox/cli-error.ts";
import { errorCode } from "../../model/values/error-code.ts";
import { formatPath } from "../../text/located/value-path.ts";
import { SAVED_FORMAT, savedEstates } from "./saved-estate.ts";

/**
 * Replaces the file as a whole: an interruption leaves the one before. Only its owner may read it, since it shows all
 * permissions.
 * @throws CliError
 */
export async function saveEstates(file: string, estates: readonly Estate[]): Promise<void> {
  const saved = { format: SAVED_FORMAT, estates };
  try {
    // A file or a link that another user left there would have another mode, or be written instead.
    await rm(`${file}.new`, { force: true });
    await writeFile(`${file}.new`, `${JSON.stringify(saved, encoded)}\n`, { mode: 0o600, flag: "wx" });
    await rename(`${file}.new`, file);
  } catch (cause) {
    throw new CliError(`cannot write ${file} (${errorCode(cause) ?? "unknown failure"})`, null, { cause });
  }
}

/** @throws CliError if the file cannot be read or is no saved estate */
export async function loadEstates(file: string): Promise<readonly Estate[]> {
  const fix = "grantkeeper import ACCOUNT --save FILE writes one";
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw unreadableFile(file, cause, fix);
  });
  const saved = savedEstates.safeParse(parsed(text));
  if (saved.success) return saved.data.estates;
  const path = formatPath(saved.error.issues[0]?.path ?? []);
  const where = path === "" || path === "format" ? "" : `: ${path} is not as expected`;
  throw new CliError(`${file} is not a saved estate of this version${where}`, fix);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text, decoded);
  } catch {
    return undefined; // Not JSON: the caller reports that.
  }
}

/** An estate holds maps, which JSON does not know. */
function encoded(_name: string, value: unknown): unknown {
  return value instanceof Map ? { $map: [...value] } : value;
}

function decoded(_name: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || !("$map" in value)) return value;
  const entries = z.array(z.tuple([z.string(), z.unknown()])).safeParse(value.$map);
  return entries.success ? new Map(entries.data) : value;
}
