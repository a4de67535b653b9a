import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { Config } from "../config/config.ts";
import type { Telemetry } from "../controller/ports/telemetry.ts";
import { errorCode } from "../model/values/error-code.ts";

/**
 * Secrets are read when they are used, so a file may be created later. A warning at the start names a file that is missing:
 * else the first notice would be a lost alert.
 */
export function warnOfUnusableSecrets({ webhookSecretFile, alerts }: Config, telemetry: Telemetry): void {
  const files = [
    ...(webhookSecretFile === null ? [] : [{ of: "the webhook", file: webhookSecretFile }]),
    ...alerts.map(({ name, secretFile }) => ({ of: `alert route ${name}`, file: secretFile })),
  ];
  for (const { of, file } of files) {
    const reason = secretProblem(file);
    if (reason !== null) telemetry.warn("a secret file cannot be used", { of, file, reason });
  }
}

function secretProblem(file: string): string | null {
  try {
    return readFileSync(file, "utf8").trim() === "" ? "empty" : null;
  } catch (cause) {
    return errorCode(cause) ?? "error";
  }
}

/** Reads the file on each call, so that a secret can be rotated without a restart. */
export function secretReader(path: string): () => Promise<string> {
  return async () => (await readFile(path, "utf8")).replace(/\r?\n$/, "");
}
