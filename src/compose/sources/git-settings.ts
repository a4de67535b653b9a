import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Config } from "../../config/config.ts";
import type { Namespace } from "../../model/aws/ids.ts";
import { stateFiles } from "../state-files.ts";

export const GIT_TIMEOUT_MS = 120_000;
export const MIRROR_BYTES = 2_147_483_648;

/** @param namespace null: of the platform source */
export function mirrorOf({ stateDir }: Pick<Config, "stateDir">, namespace: Namespace | null): string {
  const { mirror, mirrors } = stateFiles(stateDir);
  return namespace === null ? mirror : join(mirrors, namespace);
}

/** The folder that the URL of a repository names; null: the repository is reached over a network. */
export function localPath(url: string): string | null {
  if (url.startsWith("/")) return url;
  return url.startsWith("file://") ? fileURLToPath(url) : null;
}
