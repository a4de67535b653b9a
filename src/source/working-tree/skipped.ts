import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { visibleName } from "../rules/clean-text.ts";
import { byPath, type SourceLimits } from "../rules/entry-rules.ts";
import type { Repository } from "../git/repository.ts";
import { gitFailure } from "../git/failure.ts";
import { LISTING, listFiles } from "./list-files.ts";

/** A file that a person may take for a manifest but that the controller will not read. */
export interface SkippedFile {
  readonly path: string;
  /**
   * `ignored`: Git does not commit it. `outside`: a manifest that is not in the platform or the tenant path. `other-yaml`:
   * YAML there that does not look like a manifest. `not-asked`: the folder is in a working tree that Git cannot open here,
   * so the ignored files are not known.
   */
  readonly reason: "ignored" | "outside" | "other-yaml" | "not-asked";
}

interface SkippedRequest {
  readonly root: string;
  readonly paths: readonly string[];
  readonly limits: SourceLimits;
}

const MAX_BYTES = 65_536;
const YAML = /\.ya?ml$/i;
/** A document of Grantkeeper, even an incomplete one. */
const MANIFEST =
  /grantkeeper\.dev\/|^kind:\s*["']?(FunctionPermission|AwsAccount|ManagedPolicy|Team|Waiver|GuardrailProfile|GrantTemplate)\b/m;

/** Settings of tools, such as `.github/workflows/ci.yaml`. */
const HIDDEN = /(^|\/)\./;

/**
 * Lists the manifests of a working tree that Git ignores, and all YAML files outside the declared paths.
 * @throws SourceError
 */
export async function skippedFiles(
  repository: Repository,
  request: SkippedRequest,
): Promise<readonly SkippedFile[]> {
  const { paths } = request;
  const ignored = await listYaml(repository, ["-o", "-i", "--exclude-standard", "--", ...paths]);
  const outside = await yamlOutside(repository, request);
  return [
    ...ignored.map((path) => ({ path: visibleName(path), reason: "ignored" as const })),
    ...outside,
  ].toSorted(byPath);
}

/**
 * Opens only as many YAML files as the source may have, in the order of their names: the repository may contain any
 * number of them.
 */
async function yamlOutside(
  repository: Repository,
  { root, paths, limits }: SkippedRequest,
): Promise<readonly SkippedFile[]> {
  if (paths.includes(".")) return [];
  const names = await listYaml(repository, ["-c", "-o", "--exclude-standard"]);
  const outside = names.filter((name) => !paths.some((path) => name.startsWith(`${path}/`)));
  const found: SkippedFile[] = [];
  for (const [index, name] of outside.entries()) {
    if (repository.deadline.signal.aborted) throw gitFailure(repository, LISTING, { kind: "aborted" });
    const isManifest = index < limits.files && MANIFEST.test(await startOf(join(root, name)));
    if (isManifest) found.push({ path: visibleName(name), reason: "outside" });
    else if (!HIDDEN.test(name)) found.push({ path: visibleName(name), reason: "other-yaml" });
  }
  return found;
}

/** Sorted, without duplicates. */
async function listYaml(repository: Repository, options: readonly string[]): Promise<readonly string[]> {
  return [...new Set(await listFiles(repository, options, (path) => YAML.test(path)))].sort();
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
