import { chmodSync, constants, copyFileSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { errorCode } from "../model/values/error-code.ts";
import { sync, writePrivate } from "./durable-files.ts";
import { storing } from "./sqlite/failure.ts";

/** The evidence is on disk before the file is replaced. @returns its name */
export function moveAside(path: string, lostUpTo: number, kept: string): string {
  return storing(`set ${path} aside`, () => {
    const evidence = copyAside(path, `${path}.lost-${lostUpTo}`);
    sync(evidence);
    sync(dirname(path));
    if (kept.trim() === "") rmSync(path);
    else replace(path, kept);
    sync(dirname(path));
    return evidence;
  });
}

function replace(path: string, text: string): void {
  rmSync(`${path}.new`, { force: true });
  writePrivate(`${path}.new`, text);
  chmodSync(`${path}.new`, statSync(path).mode);
  renameSync(`${path}.new`, path);
}

/** Never in place of earlier evidence. */
function copyAside(path: string, name: string): string {
  for (let copy = 1; ; copy += 1) {
    const evidence = copy === 1 ? name : `${name}-${copy}`;
    try {
      copyFileSync(path, evidence, constants.COPYFILE_EXCL);
      return evidence;
    } catch (cause) {
      if (errorCode(cause) !== "EEXIST") throw cause;
    }
  }
}
