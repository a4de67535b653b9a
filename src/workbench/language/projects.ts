import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { Toolbox } from "../../cli/toolbox/toolbox.ts";
import { homeFolderOf } from "../../manifest/folder-owner.ts";
import { isManifestPath } from "../../manifest/parse/parse.ts";
import type { ProjectSettings } from "../project/project.ts";
import { repositoryRoot } from "../project/repository-path.ts";
import type { ServiceCheckout } from "../project/service-settings.ts";
import { LiveProject, type PublishedProblems } from "./live-project.ts";
import { platformFolder, serviceFolder, type ProjectFolder } from "./project-folder.ts";

/** An open document and its project. */
export interface ProjectFile {
  readonly project: LiveProject;
  /** Relative to the root of the project, with `/`. */
  readonly path: string;
  /** As the compiler names it. */
  readonly file: string;
}

/** The project of a document, or why it has none. */
export type DocumentHome =
  | ({ readonly kind: "project" } & ProjectFile)
  /** If it is a manifest, the reader must know that it is not checked. */
  | { readonly kind: "unchecked"; readonly message: string; readonly hint: string }
  | { readonly kind: "elsewhere" };

const ELSEWHERE: DocumentHome = { kind: "elsewhere" };

export interface EditorSettings {
  readonly settings: ProjectSettings;
  readonly toolbox: Toolbox;
  /** The one project of a server that was started for a service; null: each document has that of the folder above it. */
  readonly service: ServiceCheckout | null;
}

interface ProjectsPorts extends EditorSettings {
  readonly publish: (problems: PublishedProblems) => void;
  readonly report: (error: unknown) => void;
}

/** The projects of the open documents: a folder above a document that has one of the declared paths, or that of a service. */
export class Projects {
  readonly #ports: ProjectsPorts;
  readonly #byRoot = new Map<string, LiveProject>();
  readonly #homes = new Map<string, Promise<DocumentHome>>();
  readonly #watches: Promise<() => Promise<void>>[] = [];
  #folders: readonly string[] = [];

  constructor(ports: ProjectsPorts) {
    this.#ports = ports;
  }

  /** The folders of the editor: documents elsewhere are left alone, also if they are open. Without any, every document counts. */
  limitTo(uris: readonly string[]): void {
    this.#folders = uris.flatMap((uri) => pathOf(uri) ?? []);
    this.#homes.clear();
    for (const [root, project] of this.#byRoot)
      if (this.#hasFolderOf(root)) project.closeWhere((uri) => !this.#isInFolders(pathOf(uri) ?? ""));
      else project.leave();
  }

  homeOf(uri: string): Promise<DocumentHome> {
    const found = this.#homes.get(uri) ?? this.#find(uri);
    this.#homes.set(uri, found);
    return found;
  }

  /** null: the document is no manifest of a project, and nothing is read for it. */
  async fileOf(uri: string): Promise<ProjectFile | null> {
    const home = await this.homeOf(uri);
    return home.kind === "project" ? home : null;
  }

  /** A folder may get `platform/` or `teams/` later. */
  forget(uri: string): void {
    this.#homes.delete(uri);
  }

  filesChanged(): void {
    for (const project of this.#byRoot.values()) project.filesChanged();
  }

  async stop(): Promise<void> {
    for (const project of this.#byRoot.values()) project.stop();
    await Promise.all(this.#watches.map(async (watch) => (await watch)()));
  }

  async #find(uri: string): Promise<DocumentHome> {
    const path = pathOf(uri);
    if (path === null || !isManifestPath(path.split(sep).at(-1) ?? "") || !this.#isInFolders(path))
      return ELSEWHERE;
    const { service } = this.#ports;
    return service === null ? this.#findAbove(path) : this.#findInService(path, service);
  }

  async #findAbove(path: string): Promise<DocumentHome> {
    const { settings } = this.#ports;
    const root = await repositoryRoot(dirname(path), settings);
    // A folder may have been removed meanwhile.
    if (!this.#isInFolders(path)) return ELSEWHERE;
    if (root === null) return withoutPlatform(settings);
    const file = pathBelow(root, path);
    return homeFolderOf(file, settings).kind === "unowned" && !isInTenants(file, settings)
      ? ELSEWHERE
      : this.#inProject(root, file);
  }

  #findInService(path: string, { root, platform, namespace }: ServiceCheckout): DocumentHome {
    const { platformPath, tenantPath } = this.#ports.settings;
    if ([platformPath, tenantPath].some((folder) => isWithin(path, join(platform, folder)))) return ELSEWHERE;
    if (isWithin(path, root)) return this.#inProject(root, pathBelow(root, path));
    return {
      kind: "unchecked",
      message: `not checked: this language server reads the manifests of namespace ${namespace} in ${root} alone`,
      hint: "start it with the folder of this manifest as DIR",
    };
  }

  #inProject(root: string, path: string): DocumentHome {
    const { service, settings, toolbox } = this.#ports;
    const folder =
      service === null ? platformFolder(root, settings, toolbox) : serviceFolder(service, settings, toolbox);
    return { kind: "project", project: this.#projectAt(folder), path, file: folder.nameOf(path) };
  }

  #isInFolders(path: string): boolean {
    return this.#folders.length === 0 || this.#folders.some((folder) => isWithin(path, folder));
  }

  /** Also if the folder is a part of the project. */
  #hasFolderOf(root: string): boolean {
    return this.#isInFolders(root) || this.#folders.some((folder) => isWithin(folder, root));
  }

  #projectAt(folder: ProjectFolder): LiveProject {
    const known = this.#byRoot.get(folder.root);
    if (known !== undefined) return known;
    const { toolbox, report } = this.#ports;
    const project = new LiveProject({ ...this.#ports, folder });
    this.#byRoot.set(folder.root, project);
    const watch = toolbox.watchFolders(folder.watched, () => project.filesChanged());
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

function pathBelow(root: string, path: string): string {
  return relative(root, path).split(sep).join("/");
}

function withoutPlatform({ platformPath, tenantPath }: ProjectSettings): DocumentHome {
  return {
    kind: "unchecked",
    message: `not checked: no folder above has ${platformPath}/ or ${tenantPath}/, so that accounts, policies, templates and Teams are not known`,
    hint: "for the repository of a service, start grantkeeper language-server DIR --platform FOLDER --namespace NAME",
  };
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
