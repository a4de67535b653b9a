import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { DatabaseConfig } from "../../config/state/database-config.ts";
import { errorCode } from "../../model/values/error-code.ts";
import { StoreError, type StoreErrorCode } from "../../store/errors.ts";
import type { DatabaseServer } from "../../store/postgres/server.ts";

/** Reads the authorities now, and the password for each connection. @throws StoreError `untrusted` */
export function databaseServer(config: DatabaseConfig): DatabaseServer {
  const { host, port, user, database, passwordFile, tls } = config;
  return {
    host,
    port,
    user,
    database,
    password: async () => (passwordFile === null ? "" : readPassword(passwordFile)),
    tls:
      tls.kind === "plaintext"
        ? tls
        : { kind: tls.kind, ca: tls.caFile === null ? null : readCa(tls.caFile) },
  };
}

async function readPassword(file: string): Promise<string> {
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw unreadable("wrong-password", `the password of the database in ${file}`, cause);
  });
  const [password = ""] = text.split(/\r?\n/);
  if (password === "") throw new StoreError("wrong-password", `the password file ${file} is empty`);
  return password;
}

function readCa(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw unreadable("untrusted", `the authorities of the database in ${file}`, cause);
  }
}

function unreadable(code: StoreErrorCode, what: string, cause: unknown): StoreError {
  return new StoreError(code, `cannot read ${what} (${errorCode(cause) ?? "error"})`, cause);
}
