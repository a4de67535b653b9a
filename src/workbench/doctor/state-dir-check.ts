import { stat } from "node:fs/promises";
import type { Probe } from "../../model/answers/probe.ts";
import { errorCode } from "../../model/values/error-code.ts";

/** Whether the state directory is a folder that only its owner may change. */
export async function stateDirCheck(stateDir: string): Promise<Probe> {
  try {
    const found = await stat(stateDir);
    if (!found.isDirectory()) return check(stateDir, "failed", "stateDir is not a folder");
    const isOpen = (found.mode & 0o022) !== 0;
    return isOpen
      ? check(stateDir, "failed", `others may write to it: chmod go-w ${stateDir}`)
      : check(stateDir, "passed", "the state directory");
  } catch (cause) {
    return unread(stateDir, errorCode(cause) ?? "error");
  }
}

const PROBLEMS: Readonly<Record<string, string>> = {
  EACCES: "permission denied (EACCES): run doctor as root or the user of the controller",
  ENOTDIR: "a part of the path is a file and no folder (ENOTDIR): correct stateDir, or move the file away",
  ELOOP:
    "symbolic links of the path lead back to themselves (ELOOP): correct the links, or name another stateDir",
};

/** Only ENOENT proves that the first start comes later. */
function unread(stateDir: string, code: string): Probe {
  if (code === "ENOENT")
    return check(stateDir, "not-checked", "does not exist yet: grantkeeper run creates it");
  return check(
    stateDir,
    "failed",
    PROBLEMS[code] ?? `cannot be examined (${code}): check the path and its disk`,
  );
}

function check(what: string, outcome: Probe["outcome"], detail: string): Probe {
  return { identity: "operator", region: null, what, outcome, detail };
}
