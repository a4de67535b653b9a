import { readFile, rename, rm, writeFile } from "node:fs/promises";
import type { Estate } from "../../adopt/estate/estate.ts";
import { CliError, unreadableFile } from "../../cli/toolbox/cli-error.ts";
import { errorCode } from "../../model/values/error-code.ts";

/** What `import --save` wrote: the regions that were read completely, so that an import can continue or be repeated without AWS. */
interface SavedEstates {
  readonly format: typeof FORMAT;
  readonly estates: readonly Estate[];
}

const FORMAT = "grantkeeper-estate/2";

/**
 * Replaces the file as a whole: an interruption leaves the one before. Only its owner may read it, since it shows all
 * permissions.
 * @throws CliError
 */
export async function saveEstates(file: string, estates: readonly Estate[]): Promise<void> {
  const saved: SavedEstates = { format: FORMAT, estates };
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
  const saved = parsed(text);
  if (saved === undefined) throw new CliError(`${file} is not a saved estate of this version`, fix);
  return saved.estates;
}

function parsed(text: string): SavedEstates | undefined {
  try {
    const value: unknown = JSON.parse(text, decoded);
    const isSaved =
      typeof value === "object" &&
      value !== null &&
      "format" in value &&
      value.format === FORMAT &&
      "estates" in value &&
      Array.isArray(value.estates);
    return isSaved ? (value as SavedEstates) : undefined;
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
  return new Map(value.$map as readonly (readonly [unknown, unknown])[]);
}
