import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { ReadFolder, Toolbox } from "../../cli/toolbox/toolbox.ts";
import { homeFolderOf } from "../../manifest/folder-owner.ts";
import { isManifestPath } from "../../manifest/parse/parse.ts";
import { checkRoot, requestFor, type ProjectSettings } from "../project/project.ts";
import { repositoryRoot } from "../project/repository-path.ts";
import { LiveProject, type PublishedProblems } from "./live-project.ts";

/** An open document and its project. */
export interface ProjectFile {
  readonly project: LiveProject;
  readonly file: string;
}

interface ProjectsPorts {
  readonly settings: ProjectSettings;
  readonly toolbox: Toolbox;
  readonly publish: (problems: PublishedProblems) => void;
  readonly report: (error: unknown) => void;
}

/** The projects of the open documents: a folder above a document that has one of the declared paths. */
export class Projects {
  readonly #ports: ProjectsPorts;
  readonly #byRoot = new Map<string, LiveProject>();
  readonly #files = new Map<string, Promise<ProjectFile | null>>();
  readonly #watches: Promise<() => Promise<void>>[] = [];
  #folders: readonly string[] = [];

  constructor(ports: ProjectsPorts) {
    this.#ports = ports;
  }

  /** The folders of the editor: documents elsewhere are left alone, also if they are open. Without any, every document counts. */
  limitTo(uris: readonly string[]): void {
    this.#folders = uris.flatMap((uri) => pathOf(uri) ?? []);
    this.#files.clear();
    for (const [root, project] of this.#byRoot)
      if (this.#hasFolderOf(root)) project.closeWhere((uri) => !this.#isInFolders(pathOf(uri) ?? ""));
      else project.leave();
  }

  /** null: the document is no manifest of a project, and nothing is read for it. */
  fileOf(uri: string): Promise<ProjectFile | null> {
    const found = this.#files.get(uri) ?? this.#find(uri);
    this.#files.set(uri, found);
    return found;
  }

  /** A folder may get `platform/` or `teams/` later. */
  forget(uri: string): void {
    this.#files.delete(uri);
  }

  filesChanged(): void {
    for (const project of this.#byRoot.values()) project.filesChanged();
  }

  async stop(): Promise<void> {
    for (const project of this.#byRoot.values()) project.stop();
    await Promise.all(this.#watches.map(async (watch) => (await watch)()));
  }

  async #find(uri: string): Promise<ProjectFile | null> {
    const path = pathOf(uri);
    if (path === null || !isManifestPath(path.split(sep).at(-1) ?? "") || !this.#isInFolders(path))
      return null;
    const { settings } = this.#ports;
    const root = await repositoryRoot(dirname(path), settings);
    // A folder may have been removed meanwhile.
    if (root === null || !this.#isInFolders(path)) return null;
    const file = relative(root, path).split(sep).join("/");
    return homeFolderOf(file, settings).kind === "unowned" && !isInTenants(file, settings)
      ? null
      : { project: this.#projectAt(root), file };
  }

  #isInFolders(path: string): boolean {
    return this.#folders.length === 0 || this.#folders.some((folder) => isWithin(path, folder));
  }

  /** Also if the folder is a part of the project. */
  #hasFolderOf(root: string): boolean {
    return this.#isInFolders(root) || this.#folders.some((folder) => isWithin(folder, root));
  }

  #projectAt(root: string): LiveProject {
    const known = this.#byRoot.get(root);
    if (known !== undefined) return known;
    const { settings, toolbox, report } = this.#ports;
    const request = { ...requestFor(root, settings), rules: settings.rules };
    const readFolder = async (): Promise<ReadFolder> => {
      await checkRoot(root, settings);
      return toolbox.readDirectory(request, toolbox.signal);
    };
    const project = new LiveProject({ ...this.#ports, root, readFolder });
    this.#byRoot.set(root, project);
    const folders = [settings.platformPath, settings.tenantPath].map((path) => join(root, path));
    const watch = toolbox.watchFolders(folders, () => project.filesChanged());
    // Without a watch, what the editor saves is still seen.
    this.#watches.push(
      watch.catch((error: unknown) => {
        report(error);
        return async () => undefined;
      }),
    );
    return project;
  }
}

/** A file of no team has a problem that is to be shown. */
function isInTenants(file: string, { tenantPath }: ProjectSettings): boolean {
  return file.startsWith(`${tenantPath}/`);
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : `${folder}${sep}`);
}

/** null: no file of this machine. */
function pathOf(uri: string): string | null {
  if (!URL.canParse(uri) || new URL(uri).protocol !== "file:") return null;
  try {
    return fileURLToPath(uri);
  } catch {
    // A host, or an encoded separator.
    return null;
  }
}
