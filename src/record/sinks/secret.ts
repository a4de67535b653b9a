import { readFile } from "node:fs/promises";
import { errorCode } from "../../model/values/error-code.ts";
import type { SinkProblem } from "../../model/records/alert-route-state.ts";
import { err, ok, type Result } from "../../model/values/result.ts";

/** Read for each message, so that a secret can be rotated without a restart. */
export async function readSecret(what: string, file: string): Promise<Result<string, SinkProblem>> {
  const text = await readText(what, file);
  if (text.kind === "err") return text;
  const secret = text.value.trim();
  if (secret === "") return err({ cause: `the ${what} is empty: ${file}`, fix: `write it to ${file}` });
  return ok(secret);
}

/** A file that an operator provides, such as certificates. */
export async function readText(what: string, file: string): Promise<Result<string, SinkProblem>> {
  try {
    return ok(await readFile(file, "utf8"));
  } catch (cause) {
    const code = errorCode(cause) ?? "error";
    return err({
      cause: `the ${what} cannot be read from ${file} (${code})`,
      fix: `create ${file}, readable by the user of the process`,
    });
  }
}
