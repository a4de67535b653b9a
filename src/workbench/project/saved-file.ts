import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { CliError, unreadableFile } from "../../cli/toolbox/cli-error.ts";
import { errorCode } from "../../model/values/error-code.ts";
import type { Result } from "../../model/values/result.ts";
import { collectionsText, parsedCollections } from "../../text/collections.ts";

/** What one command saves for a later one: JSON, also of maps and sets. */
interface SavedForm<T> {
  /** `estate`. */
  readonly what: string;
  /** How such a file is made. */
  readonly fix: string;
  /** The error is the path of the first part that is not as expected; null: it is another form. */
  readonly parse: (value: unknown) => Result<T, string | null>;
}

/**
 * Replaces the file completely: an interruption leaves the one before. Only its owner may read it, since it shows all
 * permissions.
 * @throws CliError
 */
export async function writeSaved(file: string, value: object): Promise<void> {
  try {
    // A file or a link that another user left there would have another mode, or be written instead.
    await rm(`${file}.new`, { force: true });
    await writeFile(`${file}.new`, `${collectionsText(value)}\n`, { mode: 0o600, flag: "wx" });
    await rename(`${file}.new`, file);
  } catch (cause) {
    throw new CliError(`cannot write ${file} (${errorCode(cause) ?? "unknown failure"})`, null, { cause });
  }
}

/** @throws CliError if the file cannot be read or has another form */
export async function readSaved<T>(file: string, { what, fix, parse }: SavedForm<T>): Promise<T> {
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw unreadableFile(file, cause, fix);
  });
  const saved = parse(parsed(text));
  if (saved.kind === "ok") return saved.value;
  const where = saved.error === null ? "" : `: ${saved.error} is not as expected`;
  throw new CliError(`${file} is not a saved ${what} of this version${where}`, fix);
}

function parsed(text: string): unknown {
  try {
    return parsedCollections(text);
  } catch {
    return undefined; // Not JSON: the caller reports that.
  }
}
