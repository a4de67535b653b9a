import { dirname, join, resolve } from "node:path";
import { kindOf } from "./project.ts";

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
