import { join, resolve } from "node:path";
import { CliError } from "../../cli/toolbox/cli-error.ts";
import type { BranchRequest, DirectoryRequest, ReadFolder, Toolbox } from "../../cli/toolbox/toolbox.ts";
import { isSshUrl } from "../../model/network/ssh-url.ts";
import { kindOf, projectSettings, type ProjectSettings } from "./project.ts";
import { pathInRepository } from "./repository-path.ts";
import { namespaceOption, type ServiceFolder, type ServiceOptions } from "./service.ts";

/** The settings for the folder of a service, with the platform's part. @throws CliError, SourceError */
export async function serviceSettings(
  dir: string,
  options: ServiceOptions,
  toolbox: Toolbox,
): Promise<ProjectSettings> {
  const settings = await projectSettings(options, toolbox);
  const namespace = namespaceOption(options);
  const { platform: text } = options;
  if (namespace === null || text === undefined) return settings;
  const { platformPath, tenantPath, sizes } = settings;
  const platform = await readPlatform(text, options, { platformPath, tenantPath, sizes, toolbox });
  return withService(settings, { namespace, path: await pathInRepository(dir), platform });
}

function withService(settings: ProjectSettings, service: ServiceFolder): ProjectSettings {
  const namespaceSources = new Set([...(settings.namespaceSources ?? []), service.namespace]);
  return { ...settings, namespaceSources, service };
}

/** The folder of a service and a checkout of the platform's repository, which are read again and again. */
export interface ServiceCheckout extends Omit<ServiceFolder, "platform"> {
  readonly root: string;
  readonly platform: string;
}

/** null: the folder is the platform's. @throws CliError, also if --platform is no folder of this machine */
export async function serviceCheckout(
  dir: string,
  options: ServiceOptions,
  { platformPath }: Pick<ProjectSettings, "platformPath">,
): Promise<ServiceCheckout | null> {
  const namespace = namespaceOption(options);
  const { platform } = options;
  if (namespace === null || platform === undefined) return null;
  await requireCheckout(platform, platformPath);
  return { namespace, root: resolve(dir), path: await pathInRepository(dir), platform: resolve(platform) };
}

/** The settings with the present files of the platform's checkout. @throws CliError, SourceError */
export async function checkoutSettings(
  { namespace, path, platform: root }: ServiceCheckout,
  settings: ProjectSettings,
  toolbox: Toolbox,
): Promise<ProjectSettings> {
  const { platformPath, tenantPath, sizes } = settings;
  await requireCheckout(root, platformPath);
  const platform = await readCheckout(root, { platformPath, tenantPath, sizes }, toolbox);
  return withService(settings, { namespace, path, platform });
}

/** The platform's part: a folder with it, or a branch of a repository. */
async function readPlatform(
  text: string,
  options: ServiceOptions,
  { toolbox, ...paths }: Omit<DirectoryRequest, "root"> & { readonly toolbox: Toolbox },
): Promise<ReadFolder> {
  if (await isCheckout(text, paths.platformPath)) return readCheckout(text, paths, toolbox);
  const [, url = text, branch = "main"] = /^(.+)#([^#]+)$/.exec(text) ?? [];
  const from = { ...paths, url, branch, login: loginFor(url, options) };
  return { snapshot: await toolbox.fetchBranch(from, toolbox.signal), skipped: [] };
}

async function requireCheckout(text: string, platformPath: string): Promise<void> {
  if (await isCheckout(text, platformPath)) return;
  throw new CliError(
    `--platform: ${text} is not the folder of a checkout`,
    "clone the platform's repository, and name its folder",
  );
}

function readCheckout(
  root: string,
  paths: Omit<DirectoryRequest, "root">,
  toolbox: Toolbox,
): Promise<ReadFolder> {
  return toolbox.readDirectory({ ...paths, root, rules: "git" }, toolbox.signal);
}

const CHECKOUT_OR_URL = "name a checkout of the platform's repository, or URL#BRANCH";

/** False: the text names a repository. A path that holds neither is most often a typing error. @throws CliError */
async function isCheckout(text: string, platformPath: string): Promise<boolean> {
  if (/^[a-z+]+:/i.test(text) || isSshUrl(text)) return false;
  const [, path = text] = /^(.+)#([^#]+)$/.exec(text) ?? [];
  const [platform, folder, bare] = await Promise.all([
    kindOf(join(text, platformPath)),
    kindOf(path),
    kindOf(join(path, "HEAD")),
  ]);
  if (platform === "directory") return true;
  if (bare === "file") return false;
  if (folder === "absent") throw new CliError(`--platform: ${path} does not exist`, CHECKOUT_OR_URL);
  throw new CliError(`--platform: ${path} has no folder ${platformPath}/`, CHECKOUT_OR_URL);
}

function loginFor(
  url: string,
  { platformTokenFile: tokenFile, platformSshKey, platformKnownHosts }: ServiceOptions,
): BranchRequest["login"] {
  const isSsh = isSshUrl(url);
  if (isSsh && platformSshKey !== undefined && platformKnownHosts !== undefined && tokenFile === undefined)
    return { kind: "ssh", privateKeyFile: platformSshKey, knownHostsFile: platformKnownHosts };
  if (isSsh)
    throw new CliError(
      "--platform: an ssh URL needs a key and the keys of its host, and no token",
      "add --platform-ssh-key FILE --platform-known-hosts FILE",
    );
  if (platformSshKey !== undefined || platformKnownHosts !== undefined)
    throw new CliError(
      "--platform-ssh-key and --platform-known-hosts belong to an ssh URL",
      "write --platform ssh://git@HOST/PATH#BRANCH",
    );
  return tokenFile === undefined ? { kind: "none" } : { kind: "token", tokenFile };
}
