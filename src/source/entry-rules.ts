import { SourceError } from "../controller/ports/source.ts";
import { byTextOf } from "../text/order.ts";
import { isPrintable, MAX_PATH_LENGTH } from "./clean-text.ts";

/**
 * What a source reads at most. A file over `fileBytes` is refused by name, and so is the folder of a team that is over its
 * share, or that finds no space beside smaller teams (`team-shares.ts`). Only the platform path can use up the total.
 */
export interface SourceLimits {
  readonly fileBytes: number;
  readonly files: number;
  /** Of all files of a snapshot together; bytes that are at two paths count twice. */
  readonly snapshotBytes: number;
  /** Files in the folder of one team, and as many folders. */
  readonly teamFiles: number;
  readonly teamBytes: number;
}

/** As configured. */
export interface SourcePaths {
  readonly platformPath: string;
  readonly tenantPath: string;
}

/** As both sources use them: without `./` and a slash at the end, "." for everything. */
export interface DeclaredPaths {
  readonly platform: string;
  readonly tenant: string;
  /** The two of them, sorted: each once, none in the other. */
  readonly roots: readonly string[];
}

const LFS_POINTER = /^version https:\/\/(git-lfs\.github\.com|hawser\.github\.com)\/spec\//;

/** A path that means the same file everywhere, in a log line too. */
export function isSafePath(path: string): boolean {
  if (path.length > MAX_PATH_LENGTH || path.includes("\\") || path.includes("\ufffd")) return false;
  if (!isPrintable(path)) return false;
  return path.split("/").every((part) => part !== "" && part !== "." && part !== ".." && !isGitFolder(part));
}

/** `.git` in the spellings that some file system takes for it. */
function isGitFolder(part: string): boolean {
  return /^(\.git|git~1)[. ]*$/i.test(part);
}

/** git-lfs writes such a text in the file's place; the file itself is on another server. */
export function isLfsPointer(bytes: Uint8Array): boolean {
  return bytes.length < 1_024 && LFS_POINTER.test(Buffer.from(bytes).toString("latin1"));
}

export function tooManyFiles(source: string, limits: SourceLimits): SourceError {
  return new SourceError(
    "too-many-files",
    `source "${source}": more than ${limits.files} files in the platform path and outside the folders of teams`,
    "Keep other files outside the platform and tenant paths, or raise limits.files.",
  );
}

export function tooManyBytes(source: string, limits: SourceLimits): SourceError {
  return new SourceError(
    "too-large",
    `source "${source}": the files in the platform path and outside the folders of teams are larger than ` +
      `${limits.snapshotBytes} bytes together`,
    "Keep other files outside the platform and tenant paths, or raise limits.snapshotBytes.",
  );
}

/** @throws SourceError `refused-path` */
export function declaredPaths(source: string, { platformPath, tenantPath }: SourcePaths): DeclaredPaths {
  const [platform, tenant] = [cleanPath(source, platformPath), cleanPath(source, tenantPath)];
  const distinct = [...new Set([platform, tenant])].sort();
  const roots = distinct.filter((path) => !distinct.some((other) => isBelow(path, other)));
  return { platform, tenant, roots };
}

function cleanPath(source: string, path: string): string {
  const clean = path.replace(/^\.\//, "").replace(/\/+$/, "") || ".";
  if (clean === "." || isSafePath(clean)) return clean;
  throw new SourceError(
    "refused-path",
    `source "${source}": "${clean}" is no path inside the source`,
    "Write platformPath and tenantPath relative to the top, for example platform and teams.",
  );
}

/** Whether a path is in a folder, which may be "."; a folder is not in itself. */
export function isBelow(path: string, folder: string): boolean {
  return folder === "." ? path !== "." : path.startsWith(`${folder}/`);
}

/** Whether a path is in a declared path, is one, or is above one. */
export function isDeclared(path: string, { roots }: DeclaredPaths): boolean {
  return roots.some((root) => path === root || isBelow(path, root) || isBelow(root, path));
}

export const byPath = byTextOf(({ path }: { readonly path: string }) => path);
