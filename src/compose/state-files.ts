import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { CliError } from "../cli/toolbox/cli-error.ts";
import { errorCode } from "../model/values/error-code.ts";
import { random } from "./ports.ts";

/** The files of a state directory other than the database. */
export function stateFiles(stateDir: string): {
  readonly apiToken: string;
  readonly auditAnchors: string;
  readonly auditPublicKeys: string;
  readonly auditStdout: string;
  /** The newest entry that the database has confirmed. */
  readonly newestEntry: string;
  readonly mirror: string;
  /** The mirrors of namespace sources, each in a folder of its own. */
  readonly mirrors: string;
  /** The certificates that the controller creates, with their keys. */
  readonly tls: string;
} {
  return {
    apiToken: join(stateDir, "api-token"),
    auditAnchors: join(stateDir, "audit-anchors.jsonl"),
    auditStdout: join(stateDir, "audit-stdout.position"),
    newestEntry: join(stateDir, "audit-newest-entry.json"),
    auditPublicKeys: join(stateDir, "audit-key.pub.pem"),
    mirror: join(stateDir, "mirror"),
    mirrors: join(stateDir, "mirrors"),
    tls: join(stateDir, "tls"),
  };
}

export function makeStateDir(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (cause) {
    const code = errorCode(cause) ?? "error";
    const fix = "name another with --state-dir, GRANTKEEPER_STATE_DIR or stateDir in the configuration";
    throw new CliError(`cannot make the state directory ${path} (${code})`, fix, { cause });
  }
}

const TOKEN_FIX = "run as the user who owns the state directory";

/** Created once: a user who may read the state directory may call the API as `local`. */
export function localToken(stateDir: string): string {
  const path = stateFiles(stateDir).apiToken;
  try {
    chmodSync(path, 0o600);
    return readFileSync(path, "utf8").trim();
  } catch (cause) {
    const code = errorCode(cause);
    if (code !== "ENOENT")
      throw new CliError(`cannot read the token ${path} (${code ?? "error"})`, TOKEN_FIX, { cause });
  }
  const token = random.hex(32);
  writeFileSync(path, `${token}\n`, { mode: 0o600, flag: "wx" });
  return token;
}

export async function fileTextOrNull(path: string): Promise<string | null> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    if (errorCode(cause) === "ENOENT") return null;
    throw new CliError("the file cannot be read", "check who may read it", { cause, place: path });
  }
}
