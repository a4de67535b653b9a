import { join, posix } from "node:path";
import type { ReadFolder, Toolbox } from "../../cli/toolbox/toolbox.ts";
import { prefixOf, withoutPrefix } from "../../model/keys/source-prefix.ts";
import { checkRoot, requestFor, type ProjectSettings } from "../project/project.ts";
import { pathInSource } from "../project/service.ts";
import { checkoutSettings, type ServiceCheckout } from "../project/service-settings.ts";

/** Where the manifests of a project are. Its files have two names: the path below the root, and the name for the compiler. */
export interface ProjectFolder {
  readonly root: string;
  /** Folders in which a change makes what was read stale. */
  readonly watched: readonly string[];
  /** The files on the disk. @throws CliError, SourceError */
  readonly read: () => Promise<ProjectInput>;
  /** @param path relative to the root, with `/` */
  readonly nameOf: (path: string) => string;
  /** The absolute path of a file that the compiler names. */
  readonly locate: (name: string) => string;
}

interface ProjectInput {
  readonly own: ReadFolder;
  /** For compiling these files: of a service, with the platform's part of the same moment. */
  readonly settings: ProjectSettings;
}

/** A folder that has one of the declared paths. */
export function platformFolder(root: string, settings: ProjectSettings, toolbox: Toolbox): ProjectFolder {
  return {
    root,
    watched: [settings.platformPath, settings.tenantPath].map((path) => join(root, path)),
    read: () => readOwn(root, settings, toolbox),
    nameOf: (path) => path,
    locate: (name) => join(root, name),
  };
}

/** The folder of one namespace; the platform's part is in a checkout of another repository. */
export function serviceFolder(
  service: ServiceCheckout,
  settings: ProjectSettings,
  toolbox: Toolbox,
): ProjectFolder {
  const { root, platform, namespace, path: inRepository } = service;
  const { platformPath, tenantPath } = settings;
  return {
    root,
    watched: [root, join(platform, platformPath), join(platform, tenantPath)],
    read: async () => readOwn(root, await checkoutSettings(service, settings, toolbox), toolbox),
    nameOf: (path) => pathInSource(path, service),
    locate: (name) =>
      prefixOf(name) === namespace
        ? join(root, posix.relative(inRepository, withoutPrefix(name)))
        : join(platform, name),
  };
}

async function readOwn(root: string, settings: ProjectSettings, toolbox: Toolbox): Promise<ProjectInput> {
  await checkRoot(root, settings);
  const request = { ...requestFor(root, settings), rules: settings.rules };
  return { own: await toolbox.readDirectory(request, toolbox.signal), settings };
}
