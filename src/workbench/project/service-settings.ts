import { join } from "node:path";
import type { DirectoryRequest, ReadFolder, Toolbox } from "../../cli/toolbox/toolbox.ts";
import { kindOf, projectSettings, type ProjectSettings } from "./project.ts";
import { pathInRepository } from "./repository-path.ts";
import { namespaceOption, type ServiceOptions } from "./service.ts";

/** The settings for the folder of a service, with the platform's part. @throws CliError, SourceError */
export async function serviceSettings(
  dir: string,
  options: ServiceOptions,
  toolbox: Toolbox,
): Promise<ProjectSettings> {
  const settings = await projectSettings(options, toolbox);
  const namespace = namespaceOption(options);
  const { platform: text, platformTokenFile: tokenFile = null } = options;
  if (namespace === null || text === undefined) return settings;
  const { platformPath, tenantPath, sizes } = settings;
  const isFolder = (await kindOf(join(text, platformPath))) === "directory";
  const platform = await readPlatform(
    text,
    { tokenFile, isFolder },
    { platformPath, tenantPath, sizes, toolbox },
  );
  return {
    ...settings,
    namespaceSources: new Set([...(settings.namespaceSources ?? []), namespace]),
    service: { namespace, path: await pathInRepository(dir), platform },
  };
}

/** The platform's part: a folder with it, or a branch of a repository. */
async function readPlatform(
  text: string,
  request: { readonly tokenFile: string | null; readonly isFolder: boolean },
  { toolbox, ...paths }: Omit<DirectoryRequest, "root"> & { readonly toolbox: Toolbox },
): Promise<ReadFolder> {
  if (request.isFolder) return toolbox.readDirectory({ ...paths, root: text, rules: "git" }, toolbox.signal);
  const [, url = text, branch = "main"] = /^(.+)#([^#]+)$/.exec(text) ?? [];
  const from = { ...paths, url, branch, tokenFile: request.tokenFile };
  return { snapshot: await toolbox.fetchBranch(from, toolbox.signal), skipped: [] };
}
