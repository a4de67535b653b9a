import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { CliError } from "../../cli/toolbox/cli-error.ts";
import { errorCode } from "../../model/values/error-code.ts";

export interface WrittenFile {
  readonly path: string;
  /** `kept`: a file with other content exists, and stays as it is. */
  readonly state: "written" | "unchanged" | "kept";
}

/** Writes the files that do not exist. No file is ever overwritten: it may contain what people changed. @throws CliError */
export async function writeManifests(
  folder: string,
  files: readonly { readonly path: string; readonly text: string }[],
): Promise<readonly WrittenFile[]> {
  const written: WrittenFile[] = [];
  for (const { path, text } of files) written.push({ path, state: await writeNew(join(folder, path), text) });
  return written;
}

async function writeNew(file: string, text: string): Promise<WrittenFile["state"]> {
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text, { flag: "wx" });
    return "written";
  } catch (cause) {
    if (errorCode(cause) === "EEXIST") return (await readFile(file, "utf8")) === text ? "unchanged" : "kept";
    throw new CliError(`cannot write ${file} (${errorCode(cause) ?? "unknown failure"})`, null, { cause });
  }
}
