import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { visibleName } from "./clean-text.ts";
import { byPath } from "./entry-rules.ts";
import type { SourceLimits } from "./entry-rules.ts";
import { failureIn, isDone, runIn } from "./repository.ts";
import type { Deadline } from "./git-failure.ts";
import { Records } from "./listing.ts";
import type { Repository } from "./repository.ts";

/** A file that a person may take for a manifest, and that the controller will not see. */
export interface SkippedFile {
  readonly path: string;
  /**
   * `ignored`: Git does not commit it. `outside`: it is not in the platform or the tenant path. `not-asked`: the whole
   * folder is in a working tree that Git does not open here, so that ignored files are not known.
   */
  readonly reason: "ignored" | "outside" | "not-asked";
}

interface SkippedRequest {
  readonly root: string;
  readonly paths: readonly string[];
  readonly limits: SourceLimits;
}

const LISTING = "list the working tree";
const MAX_BYTES = 65_536;
const YAML = /\.ya?ml$/i;
/** A document of Grantkeeper, finished or not; other YAML (a workflow, a chart) is none of its business. */
const MANIFEST = /grantkeeper\.dev\/|^kind:\s*["']?(FunctionPermission|AwsAccount|ManagedPolicy|Waiver)\b/m;

/** Manifests of a working tree that Git ignores, and manifests that are not in a declared path. @throws SourceError */
export async function skippedFiles(
  repository: Repository,
  request: SkippedRequest,
  until: Deadline,
): Promise<readonly SkippedFile[]> {
  const { paths } = request;
  const ignored = await listYaml(repository, ["-o", "-i", "--exclude-standard", "--", ...paths], until);
  const outside = await manifestsOutside(repository, request, until);
  return [
    ...ignored.map((path) => ({ path: visibleName(path), reason: "ignored" as const })),
    ...outside.map((path) => ({ path: visibleName(path), reason: "outside" as const })),
  ].toSorted(byPath);
}

/** Of as many YAML files as the source may have, by name: a repository may hold any number of others. */
async function manifestsOutside(
  repository: Repository,
  { root, paths, limits }: SkippedRequest,
  until: Deadline,
): Promise<readonly string[]> {
  if (paths.includes(".")) return [];
  const names = await listYaml(repository, ["-c", "-o", "--exclude-standard"], until);
  const outside = names.filter((name) => !paths.some((path) => name.startsWith(`${path}/`)));
  const found: string[] = [];
  for (const name of outside.slice(0, limits.files)) {
    if (until.signal.aborted) throw failureIn(repository, LISTING, { kind: "aborted" }, until);
    if (MANIFEST.test(await startOf(join(root, name)))) found.push(name);
  }
  return found;
}

/** Sorted, each once. */
async function listYaml(
  repository: Repository,
  options: readonly string[],
  until: Deadline,
): Promise<readonly string[]> {
  // No limit: other files may be any number, and are not kept.
  const records = new Records(Infinity, (record) => YAML.test(record.toString("latin1")));
  const command = {
    args: ["ls-files", "-z", ...options],
    sink: (chunk: Buffer) => records.take(chunk),
  };
  const outcome = await runIn(repository, command, until);
  if (!isDone(outcome)) throw failureIn(repository, LISTING, outcome, until);
  return [...new Set(records.complete.map((record) => record.toString("utf8")))].sort();
}

/** Empty for what is not a readable file. */
async function startOf(location: string): Promise<string> {
  try {
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
    const file = await open(location, flags);
    try {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(MAX_BYTES), 0, MAX_BYTES, 0);
      return buffer.toString("utf8", 0, bytesRead);
    } finally {
      await file.close();
    }
  } catch {
    // It is a link, a folder, or gone: nothing that could be taken for a manifest.
    return "";
  }
}
