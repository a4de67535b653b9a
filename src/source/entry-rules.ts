import { SourceError } from "../controller/ports/source.ts";
import { isPrintable } from "./clean-text.ts";

/** What a source takes at most; a file past `fileBytes` is refused by name, past the others there is no snapshot. */
export interface SourceLimits {
  readonly fileBytes: number;
  readonly files: number;
  /** Of all files of a snapshot together; bytes that stand under two paths count twice. */
  readonly snapshotBytes: number;
}

const MAX_PATH_LENGTH = 1_024;
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
    `source "${source}": more than ${limits.files} files under the declared paths`,
    "Keep other files outside the platform and tenant paths, or raise limits.files.",
  );
}

export function tooManyBytes(source: string, limits: SourceLimits): SourceError {
  return new SourceError(
    "too-large",
    `source "${source}": the files under the declared paths are larger than ${limits.snapshotBytes} bytes together`,
    "Keep other files outside the platform and tenant paths, or raise limits.snapshotBytes.",
  );
}

/** The declared paths as both sources use them: no doubles, none inside another, "." alone for everything. */
export function declaredPaths(source: string, paths: readonly string[]): readonly string[] {
  const clean = paths.map((path) => path.replace(/^\.\//, "").replace(/\/+$/, "") || ".");
  const wrong = clean.find((path) => path !== "." && !isSafePath(path));
  if (wrong !== undefined) {
    throw new SourceError(
      "refused-path",
      `source "${source}": "${wrong}" is no path inside the source`,
      "Write platformPath and tenantPath relative to the top, for example platform and teams.",
    );
  }
  if (clean.includes(".")) return ["."];
  const distinct = [...new Set(clean)].sort();
  return distinct.filter((path) => !distinct.some((other) => path.startsWith(`${other}/`)));
}

export function byPath(a: { readonly path: string }, b: { readonly path: string }): number {
  if (a.path === b.path) return 0;
  return a.path < b.path ? -1 : 1;
}
