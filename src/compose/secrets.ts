import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { Config } from "../config/config.ts";
import type { Telemetry } from "../controller/ports/telemetry.ts";
import type { Probe } from "../model/answers/probe.ts";
import { filesOfSink } from "../config/alerts/alert-routes.ts";
import { errorCode } from "../model/values/error-code.ts";
import { statusSources } from "./sources/commit-status.ts";
import { notedSources } from "./sources/pull-requests.ts";

/**
 * Secrets are read when they are used, so a file may be created later. A warning at the start names a file that is missing:
 * else the first notice would be a lost alert.
 */
export function warnOfUnusableSecrets(config: Config, telemetry: Telemetry): void {
  for (const { of, file, problem } of secretFiles(config))
    if (problem !== null) telemetry.warn("a secret file cannot be used", { of, file, reason: problem });
}

/** For `doctor`; empty if there are neither webhooks nor alert routes with secrets. */
export function examineSecrets(config: Config): readonly Probe[] {
  return secretFiles(config).map(({ of, file, problem }) => ({
    identity: "operator",
    region: null,
    what: of,
    outcome: problem === null ? "passed" : "failed",
    detail: problem === null ? `its secret is in ${file}` : `its secret cannot be read: ${file}: ${problem}`,
  }));
}

interface SecretFile {
  /** `alert route chat` */
  readonly of: string;
  readonly file: string;
  /** `ENOENT`, `it is empty`; null: it has a text, which may be wrong. */
  readonly problem: string | null;
}

function secretFiles(config: Config): readonly SecretFile[] {
  const { webhooks, namespaceSources, alerts, otlp, http, database } = config;
  const files = [
    ...statusSources(config).flatMap(({ namespace, source: { name }, status: { tokenFile: file } }) =>
      forgeSecret("commitStatus", namespace === null ? null : name, file),
    ),
    ...notedSources(config).flatMap(({ namespace, source: { name }, comments: { tokenFile: file } }) =>
      forgeSecret("pullRequestComments", namespace === null ? null : name, file),
    ),
    ...Object.entries(webhooks).map(([sender, file]) => ({ of: `webhook ${sender}`, file })),
    ...namespaceSources.flatMap(({ name, webhooks: own }) =>
      Object.entries(own).map(([sender, file]) => ({ of: `webhook ${sender} of source ${name}`, file })),
    ),
    ...alerts.flatMap(({ name, sink }) =>
      filesOfSink(sink).map((file) => ({ of: `alert route ${name}`, file })),
    ),
    ...(typeof database?.passwordFile === "string"
      ? [{ of: "state.database", file: database.passwordFile }]
      : []),
    ...(http.oidc === null ? [] : [{ of: "http.oidc", file: http.oidc.clientSecretFile }]),
    ...(typeof otlp?.headersFile === "string" ? [{ of: "telemetry.otlp", file: otlp.headersFile }] : []),
  ];
  return files.map(({ of, file }) => ({ of, file, problem: secretProblem(file) }));
}

/** @param source null: the platform source */
function forgeSecret(section: string, source: string | null, file: string | null) {
  if (file === null) return [];
  return [{ of: source === null ? section : `${section} of source ${source}`, file }];
}

function secretProblem(file: string): string | null {
  try {
    return readFileSync(file, "utf8").trim() === "" ? "it is empty" : null;
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
