import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { visibleName } from "../rules/clean-text.ts";
import { byPath, type SourceLimits } from "../rules/entry-rules.ts";
import { failureIn, type Repository, runIn, succeeded } from "../git/repository.ts";
import type { Deadline } from "../git/failure.ts";
import { Records } from "../objects/listing.ts";

/** A file that looks like a manifest but that the controller will not read. */
export interface SkippedFile {
  readonly path: string;
  /**
   * `ignored`: Git does not commit it. `outside`: it is not in the platform or the tenant path. `not-asked`: the folder
   * is in a working tree that Git cannot open here, so the ignored files are not known.
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
/** A document of Grantkeeper, even an incomplete one; other YAML (a workflow, a chart) is not reported. */
const MANIFEST = /grantkeeper\.dev\/|^kind:\s*["']?(FunctionPermission|AwsAccount|ManagedPolicy|Waiver)\b/m;

/**
 * Lists the manifests of a working tree that Git ignores or that are outside the declared paths.
 * @throws SourceError
 */
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

/**
 * Checks only as many YAML files as the source may have, in the order of their names: the repository may contain any
 * number of other YAML files.
 */
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

/** Sorted, without duplicates. */
async function listYaml(
  repository: Repository,
  options: readonly string[],
  until: Deadline,
): Promise<readonly string[]> {
  // No limit: there may be any number of other files, and they are not kept.
  const records = new Records(Infinity, (record) => YAML.test(record.toString("latin1")));
  const command = {
    args: ["ls-files", "-z", ...options],
    sink: (chunk: Buffer) => records.take(chunk),
  };
  const outcome = await runIn(repository, command, until);
  if (!succeeded(outcome)) throw failureIn(repository, LISTING, outcome, until);
  return [...new Set(records.complete.map((record) => record.toString("utf8")))].sort();
}

/** The start of a file; empty if it is not a readable file. */
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
    // It is a link, a folder or a removed file: nothing that looks like a manifest.
    return "";
  }
}
