import type { SizeLimits } from "../../model/snapshot.ts";
import { SourceError } from "../../controller/ports/source.ts";
import { isPrintable } from "../../text/characters.ts";
import { byTextOf } from "../../text/order.ts";
import { MAX_PATH_LENGTH } from "./clean-text.ts";

/**
 * The limits of a source. A file over `fileBytes` is refused by name. So is the folder of a team that exceeds its
 * share, or that has no space left after the smaller teams (`team-shares.ts`). Only the platform path can use up the
 * total.
 */
export interface SourceLimits extends Omit<SizeLimits, "documentsPerFile"> {
  /** All files belong to one team: the limits of the entire source are those of a team. */
  readonly isOneTeam?: true;
}

/** The paths as they are configured. */
export interface SourcePaths {
  readonly platformPath: string;
  /** null: everything is below `platformPath`, and no part of it has limits of its own. */
  readonly tenantPath: string | null;
}

/** In the form that both sources use: without `./` and without a slash at the end; "." means everything. */
export interface DeclaredPaths {
  readonly platform: string;
  readonly tenant: string | null;
  /** The distinct paths, sorted; a path inside the other one is left out. */
  readonly roots: readonly string[];
}

const LFS_POINTER = /^version https:\/\/(git-lfs\.github\.com|hawser\.github\.com)\/spec\//;
const FIRST_OF_POINTER = "v".charCodeAt(0);

/** Whether the path names the same file on every system, and is safe in a log line. */
export function isSafePath(path: string): boolean {
  if (path.length > MAX_PATH_LENGTH || path.includes("\\") || path.includes("\ufffd")) return false;
  if (!isPrintable(path)) return false;
  return path.split("/").every((part) => part !== "" && part !== "." && part !== ".." && !isGitFolder(part));
}

/** `.git` in all spellings that some file system accepts for it. */
function isGitFolder(part: string): boolean {
  return /^(\.git|git~1)[. ]*$/i.test(part);
}

/** git-lfs commits such a text in place of the file; the file itself is on another server. */
export function isLfsPointer(bytes: Uint8Array): boolean {
  // Most files are no pointer by their first byte: they need no copy.
  return (
    bytes.length < 1_024 &&
    bytes[0] === FIRST_OF_POINTER &&
    LFS_POINTER.test(Buffer.from(bytes).toString("latin1"))
  );
}

/** @throws SourceError `refused-path` */
export function declaredPaths(source: string, { platformPath, tenantPath }: SourcePaths): DeclaredPaths {
  const platform = cleanPath(source, platformPath);
  const tenant = tenantPath === null ? null : cleanPath(source, tenantPath);
  const distinct = [...new Set([platform, tenant ?? platform])].sort();
  const roots = distinct.filter((path) => !distinct.some((other) => isBelow(path, other)));
  return { platform, tenant, roots };
}

function cleanPath(source: string, path: string): string {
  const clean = path.replace(/^\.\//, "").replace(/\/+$/, "") || ".";
  if (clean === "." || isSafePath(clean)) return clean;
  throw new SourceError({
    source,
    code: "refused-path",
    message: `"${clean}" is not a path inside the source`,
    fix: "write the paths of the source relative to the top, for example platform and teams",
  });
}

/** Whether a path is below a folder, which may be "."; a folder is not below itself. */
export function isBelow(path: string, folder: string): boolean {
  return folder === "." ? path !== "." : path.startsWith(`${folder}/`);
}

/** Whether a path is a declared path, or is below or above one. */
export function isDeclared(path: string, { roots }: DeclaredPaths): boolean {
  return roots.some((root) => path === root || isBelow(path, root) || isBelow(root, path));
}

export const byPath = byTextOf(({ path }: { readonly path: string }) => path);
