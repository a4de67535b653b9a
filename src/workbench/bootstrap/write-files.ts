import { mkdir, readdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { CliError } from "../../cli/toolbox/cli-error.ts";
import { printLines, printNote, structuredText } from "../../cli/screen/print.ts";
import type { Toolbox } from "../../cli/toolbox/toolbox.ts";
import { errorCode } from "../../model/values/error-code.ts";
import { byText } from "../../text/order.ts";
import { counted, someOf } from "../../text/phrases.ts";
import type { BootstrapFile } from "./files.ts";

/** Writes the files. Others in the folder stay; their names are shown, since a pipeline would deploy them too. @throws CliError */
export async function writeBootstrapFiles(
  folder: string,
  files: readonly BootstrapFile[],
  toolbox: Toolbox,
): Promise<0> {
  for (const { path, value } of files) await write(join(folder, path), structuredText(value, "json"));
  const ours = new Set(files.map(({ path }) => join(path)));
  const others = (await filesBelow(folder)).filter((path) => path.endsWith(".json") && !ours.has(path));
  if (others.length > 0)
    await printNote(
      `not of this run, such as of an account that is no longer declared: ${someOf(others)}`,
      toolbox,
    );
  await printLines([`Wrote ${counted(files.length, "file")} below ${folder}.`], toolbox);
  return 0;
}

async function write(file: string, text: string): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  } catch (cause) {
    throw new CliError(`cannot write ${file} (${errorCode(cause) ?? "unknown failure"})`, null, { cause });
  }
}

/** Relative to the folder. */
async function filesBelow(folder: string): Promise<readonly string[]> {
  const found = await readdir(folder, { recursive: true });
  return found.sort(byText);
}
