import { parseNamespace, PLATFORM, type Namespace } from "../model/aws/ids.ts";
import { prefixOf } from "../model/keys/source-prefix.ts";

/** The owner of a file, by its folder only. */
export type FolderOwner =
  | { readonly kind: "platform" }
  | { readonly kind: "team"; readonly namespace: Namespace }
  | {
      readonly kind: "unowned";
      /** The namespace whose documents it may hold; null: any. */
      readonly namespace: Namespace | null;
      readonly message: string;
      readonly fix: string;
    };

export interface Paths {
  /** Relative to the repository, without a `/` at the end: `platform`. */
  readonly platformPath: string;
  readonly tenantPath: string;
  /** The namespaces that have a source of their own: the platform source has no folder for them. Missing: there are none. */
  readonly namespaceSources?: ReadonlySet<string>;
}

export function homeFolderOf(file: string, paths: Paths): FolderOwner {
  const source = prefixOf(file);
  if (source !== null) return { kind: "team", namespace: source };
  const inPlatform = within(file, paths.platformPath);
  const inTeams = within(file, paths.tenantPath);
  // One folder may be inside the other. The longer path is more specific, so it decides.
  if (inPlatform !== undefined && (inTeams === undefined || inPlatform.length < inTeams.length)) {
    return { kind: "platform" };
  }
  if (inTeams === undefined) {
    const fix = `move it below ${paths.platformPath}/ or ${paths.tenantPath}/<namespace>/`;
    return { kind: "unowned", namespace: null, message: "the file is outside the declared paths", fix };
  }
  return teamHome(inTeams, paths);
}

/** The files of one folder, which has one owner, are consecutive: a twentieth of the time to compile 10,000 manifests. */
export function homeFinder(paths: Paths): (file: string) => FolderOwner {
  let last: { readonly folder: string; readonly home: FolderOwner } | undefined;
  return (file) => {
    const folder = file.slice(0, file.lastIndexOf("/") + 1);
    if (last?.folder !== folder) last = { folder, home: homeFolderOf(file, paths) };
    return last.home;
  };
}

/** A path that was not read may hold files of the platform: it is in the platform's folder, or a folder that contains it. */
export function mayHoldPlatform(path: string, paths: Paths): boolean {
  return (
    homeFolderOf(`${path}/file.yaml`, paths).kind === "platform" || paths.platformPath.startsWith(`${path}/`)
  );
}

/**
 * The namespace whose documents a path may hold; null: any. The path may be a folder, so its home is the home of a file
 * in it.
 */
export function namespaceOfPath(path: string, paths: Paths): Namespace | null {
  const home = homeFolderOf(`${path}/file.yaml`, paths);
  if (home.kind === "unowned") return home.namespace;
  return home.kind === "platform" ? PLATFORM : home.namespace;
}

function teamHome(below: string, paths: Paths): FolderOwner {
  const slash = below.indexOf("/");
  if (slash < 0) {
    const fix = `move it to ${paths.tenantPath}/<namespace>/`;
    return { kind: "unowned", namespace: null, message: "the file is in no team's folder", fix };
  }
  const folder = below.slice(0, slash);
  const namespace = parseNamespace(folder);
  if (namespace === undefined || namespace === PLATFORM) {
    const fix = "rename the folder: lower-case letters, digits and -, and not platform";
    const message = `${JSON.stringify(folder)} can't be a team's folder`;
    return { kind: "unowned", namespace: null, message, fix };
  }
  if (paths.namespaceSources?.has(namespace) === true) {
    const message = `namespace ${namespace} is read from source "${namespace}" of the configuration, and not from here`;
    const fix = `remove ${paths.tenantPath}/${namespace}/, or source "${namespace}" from the configuration`;
    return { kind: "unowned", namespace, message, fix };
  }
  return { kind: "team", namespace };
}

/** The path below a folder; undefined if the file is elsewhere. */
function within(file: string, folder: string): string | undefined {
  if (folder === "" || folder === ".") return file;
  return file.startsWith(`${folder}/`) ? file.slice(folder.length + 1) : undefined;
}
