import { dirname, join, relative, resolve } from "node:path";
import { kindOf } from "./project.ts";

/**
 * The path from the root of the repository to the folder, with `/`; "" if the folder is the root. Outside a repository it
 * is relative to the current folder, or "" if the folder is outside that too: a path of this machine means nothing elsewhere.
 */
export async function pathInRepository(folder: string): Promise<string> {
  const target = resolve(folder);
  const root = (await repositoryAbove(target)) ?? resolve(".");
  const path = relative(root, target).split("\\").join("/");
  return path.startsWith("..") ? "" : path;
}

/** A linked working tree has a file of that name. */
async function repositoryAbove(folder: string): Promise<string | null> {
  for (let at = folder; ; at = dirname(at)) {
    if ((await kindOf(join(at, ".git"))) !== "absent") return at;
    if (dirname(at) === at) return null;
  }
}

/**
 * The nearest folder that has one of the declared paths, from this one upwards; null: there is none. A file alone has no
 * namespace and no accounts.
 */
export async function repositoryRoot(
  folder: string,
  { platformPath, tenantPath }: { readonly platformPath: string; readonly tenantPath: string },
): Promise<string | null> {
  for (let at = resolve(folder); ; at = dirname(at)) {
    const kinds = await Promise.all([platformPath, tenantPath].map((path) => kindOf(join(at, path))));
    if (kinds.includes("directory")) return at;
    if (dirname(at) === at) return null;
  }
}
