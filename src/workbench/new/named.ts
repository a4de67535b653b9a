import { posix } from "node:path";
import { CliError } from "../../cli/toolbox/cli-error.ts";
import { homeFolderOf, type Paths } from "../../manifest/folder-owner.ts";
import { parseNamespace, parseObjectName, PLATFORM } from "../../model/aws/ids.ts";

/** What a new manifest is called, and where it is written. */
export interface NamedManifest {
  readonly name: string;
  /** From the root of the repository. */
  readonly path: string;
}

/** @param text NAMESPACE/NAME @throws CliError if a source would not read the manifest at its path */
export function namedFunction(text: string, paths: Paths): NamedManifest {
  const [namespace = "", name = "", ...more] = text.split("/");
  if (name === "" || more.length > 0)
    throw new CliError(`"${text}" names no namespace`, "write NAMESPACE/NAME, such as orders/orders-api");
  checkNamespace(namespace);
  checkName(name);
  const path = posix.join(paths.tenantPath, namespace, `${name}.yaml`);
  const home = homeFolderOf(path, paths);
  if (home.kind === "team") return { name, path };
  throw home.kind === "unowned"
    ? new CliError(home.message, "create it in the repository of that source")
    : new CliError(`${path} is in the folder of the platform`, "choose another namespace");
}

/** @param folder of the kind @throws CliError */
export function namedPlatformObject(name: string, folder: string, { platformPath }: Paths): NamedManifest {
  checkName(name);
  return { name, path: posix.join(platformPath, folder, `${name}.yaml`) };
}

/** A team has the name of its namespace. @throws CliError */
export function namedTeam(name: string, paths: Paths): NamedManifest {
  checkNamespace(name);
  return namedPlatformObject(name, "teams", paths);
}

function checkNamespace(text: string): void {
  const namespace = parseNamespace(text);
  if (namespace !== undefined && namespace !== PLATFORM) return;
  const form = `write 1 to 63 lower-case letters, digits and -, and not ${PLATFORM}`;
  throw new CliError(`${JSON.stringify(text)} is not a namespace of a team`, form);
}

function checkName(text: string): void {
  if (parseObjectName(text) !== undefined) return;
  throw new CliError(
    `${JSON.stringify(text)} is not a manifest name`,
    "write lower-case letters, digits, - and ., such as orders-api",
  );
}
