import { basename, dirname, relative, resolve } from "node:path";
import { CliError } from "../../cli/toolbox/cli-error.ts";
import type { DirectoryRequest, Toolbox } from "../../cli/toolbox/toolbox.ts";
import { isManifestPath } from "../../manifest/parse/parse.ts";
import { refusedFile } from "../../manifest/parse/refused.ts";
import type { Diagnostic } from "../../model/diagnostic.ts";
import type { Snapshot } from "../../model/snapshot.ts";
import { byText } from "../../text/order.ts";
import { kindOf, requestFor, type ProjectSettings } from "../project/project.ts";
import { repositoryRoot } from "../project/repository-root.ts";

export interface ManifestFiles {
  /** As people write them from here, sorted. */
  readonly paths: readonly string[];
  /** Files that a source does not read, such as symbolic links. */
  readonly refused: readonly Diagnostic[];
}

/**
 * The manifests at these paths, as a source reads them: links are not followed, ignored files and files outside of the
 * declared paths are left out. Without the declared paths around it, a folder is that of a service repository.
 * @throws CliError
 */
export async function manifestFiles(
  given: readonly string[],
  settings: ProjectSettings,
  toolbox: Toolbox,
): Promise<ManifestFiles> {
  const found: ManifestFiles[] = [];
  for (const path of given) found.push(await filesAt(path, settings, toolbox));
  const refused = new Map(
    found.flatMap((one) => one.refused.map((problem) => [problem.origin.file, problem])),
  );
  return {
    paths: [...new Set(found.flatMap(({ paths }) => paths))].sort(byText),
    refused: [...refused.values()],
  };
}

async function filesAt(path: string, settings: ProjectSettings, toolbox: Toolbox): Promise<ManifestFiles> {
  const kind = await kindOf(path);
  if (kind === "absent") throw new CliError(`${path} does not exist`, null);
  const folder = kind === "file" ? dirname(path) : path;
  const root = await repositoryRoot(folder, settings);
  const request = root === null ? inService(folder, settings) : requestFor(root, settings);
  const { snapshot } = await toolbox.readDirectory({ ...request, rules: settings.rules }, toolbox.signal);
  const found = filesWithin(snapshot, { path, request, isService: root === null });
  if (kind === "file" && found.paths.length === 0 && found.refused.length === 0)
    throw unread(path, root, settings);
  return found;
}

function inService(root: string, { sizes }: ProjectSettings): DirectoryRequest {
  return { root, platformPath: ".", tenantPath: null, sizes };
}

interface SearchedPath {
  readonly path: string;
  readonly request: DirectoryRequest;
  /** Other YAML may be there too. */
  readonly isService: boolean;
}

function filesWithin(
  { files, refused }: Snapshot,
  { path, request, isService }: SearchedPath,
): ManifestFiles {
  const shown = (file: string): string => relative(".", resolve(request.root, file)).split("\\").join("/");
  const wanted = shown(relative(resolve(request.root), resolve(path)) || ".");
  const isWithin = (file: string): boolean =>
    wanted === "" || file === wanted || file.startsWith(`${wanted}/`);
  const paths = files
    .filter(({ path: file, bytes }) => isManifestPath(file) && (!isService || isOurs(bytes)))
    .map(({ path: file }) => shown(file));
  const problems = refused.flatMap(
    (one) => refusedFile({ ...one, path: shown(one.path) }, false).diagnostics,
  );
  return { paths: paths.filter(isWithin), refused: problems.filter(({ origin }) => isWithin(origin.file)) };
}

function isOurs(bytes: Uint8Array): boolean {
  return Buffer.from(bytes).includes("grantkeeper.dev/");
}

function unread(path: string, root: string | null, { platformPath, tenantPath }: ProjectSettings): CliError {
  if (!isManifestPath(basename(path)))
    return new CliError(`${path} is not a manifest`, "manifests end in .yaml or .yml");
  if (root === null)
    return new CliError(`${path} is not a manifest`, "write apiVersion: grantkeeper.dev/v1alpha1");
  return new CliError(
    `${path} is outside ${platformPath}/ and ${tenantPath}/, or ignored by Git`,
    "move it below one of them",
  );
}
