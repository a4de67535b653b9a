import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { Config } from "../config/config.ts";
import type { Telemetry } from "../controller/ports/telemetry.ts";
import { filesOfSink } from "../config/alert-routes.ts";
import { errorCode } from "../model/values/error-code.ts";

/**
 * Secrets are read when they are used, so a file may be created later. A warning at the start names a file that is missing:
 * else the first notice would be a lost alert.
 */
export function warnOfUnusableSecrets({ webhooks, alerts }: Config, telemetry: Telemetry): void {
  const files = [
    ...Object.entries(webhooks).map(([sender, file]) => ({ of: `webhook ${sender}`, file })),
    ...alerts.flatMap(({ name, sink }) =>
      filesOfSink(sink).map((file) => ({ of: `alert route ${name}`, file })),
    ),
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

/**
 * Reads the file on each call, so that a secret can be rotated without a restart: one secret in each line, the second one
 * only during the rotation.
 */
export function secretReader(path: string): () => Promise<readonly string[]> {
  return async () =>
    (await readFile(path, "utf8"))
      .split(/\r?\n/)
      .filter((line) => line !== "")
      .slice(0, 2);
}
