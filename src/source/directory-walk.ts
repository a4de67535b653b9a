import { type BigIntStats, constants, type Dirent, type Stats } from "node:fs";
import { type FileHandle, lstat, open, readdir, readlink } from "node:fs/promises";
import { join } from "node:path";
import type { RefusalReason } from "../model/snapshot.ts";
import { isSafePath } from "./rules/entry-rules.ts";
import { errorCode } from "../model/values/error-code.ts";
import { type Share, type ShareBuilder, ShareBuilders, type ShareRules } from "./rules/team-shares.ts";

export interface ListedFile {
  readonly path: string;
  readonly location: string;
  readonly size: number;
  /** Changes whenever the file changes: inode, size and times. */
  readonly fingerprint: string;
}

export interface WalkRules extends ShareRules {
  readonly rules: "directory" | "git";
}

/**
 * Lists every file below the declared paths. Symbolic links are refused, with one exception that makes ConfigMaps of
 * Kubernetes readable: if a folder has a link `..data` to a sibling folder `..<time>`, that sibling is the content of
 * the folder, and the other links, which lead into it, are skipped. Under the rules of `git` there is no such
 * exception, and a repository inside the folder is refused.
 */
export async function walk(root: string, how: WalkRules): Promise<readonly Share<ListedFile>[]> {
  const builders = new ShareBuilders<ListedFile>(how);
  const visit = async (location: string, path: string): Promise<void> => {
    const stats = await lstat(location, { bigint: true });
    const isFolder = stats.isDirectory();
    const builder = builders.of(isFolder ? `${path}/` : path);
    if (builder.isOver) return;
    const reason = refusal(stats, path);
    if (reason !== undefined) builder.refuse(path, reason);
    else if (!isFolder)
      builder.addFile({ path, location, size: Number(stats.size), fingerprint: fingerprintOf(stats) });
    else {
      if (builder.folder !== path) builder.addFolder();
      await visitFolder(location, path, builder);
    }
  };
  const visitFolder = async (
    location: string,
    path: string,
    builder: ShareBuilder<ListedFile>,
  ): Promise<void> => {
    const content = await readableContent(location, how.rules);
    if (content === "unreadable") return builder.refuse(path, content);
    if (how.rules === "git" && path !== "" && content.entries.some(({ name }) => name === ".git"))
      return builder.refuse(path, "submodule");
    for (const entry of content.entries) {
      if (builder.isOver) return;
      if (entry.name !== ".git")
        await visit(join(content.location, entry.name), path === "" ? entry.name : `${path}/${entry.name}`);
    }
  };
  const top = await contentOf(root, how.rules);
  for (const path of how.paths.roots) {
    if (path === ".") await visitFolder(root, "", builders.of(""));
    else await visitDeclared(top.location, path, visit);
  }
  return builders.shares();
}

interface FolderContent {
  readonly location: string;
  readonly entries: readonly Dirent[];
}

async function contentOf(location: string, rules: WalkRules["rules"]): Promise<FolderContent> {
  const entries = await readdir(location, { withFileTypes: true });
  const data = rules === "directory" ? await dataFolder(location, entries) : undefined;
  if (data === undefined) return { location, entries };
  return { location: data, entries: await readdir(data, { withFileTypes: true }) };
}

async function readableContent(
  location: string,
  rules: WalkRules["rules"],
): Promise<FolderContent | "unreadable"> {
  try {
    return await contentOf(location, rules);
  } catch (error) {
    if (isForbidden(error)) return "unreadable";
    throw error;
  }
}

/**
 * The folder that a link `..data` names. Undefined if the link leads to anything else or to nothing: then it is refused
 * as a link.
 */
async function dataFolder(location: string, entries: readonly Dirent[]): Promise<string | undefined> {
  const isVolume = entries.some((entry) => entry.name === "..data" && entry.isSymbolicLink());
  const target = isVolume ? await readlink(join(location, "..data")) : "";
  if (!/^\.\.[^/]+$/.test(target)) return undefined;
  const data = join(location, target);
  return (await lstatOrAbsent(data))?.isDirectory() === true ? data : undefined;
}

function refusal(stats: BigIntStats, path: string): RefusalReason | undefined {
  if (!isSafePath(path)) return "unsafe-name";
  if (stats.isSymbolicLink()) return "symlink";
  return stats.isFile() || stats.isDirectory() ? undefined : "not-a-file";
}

/** Visits `a/b` only if `a` is a folder. If `a` is a link, the link is visited, and refused, instead. */
async function visitDeclared(
  root: string,
  path: string,
  visit: (location: string, path: string) => Promise<void>,
): Promise<void> {
  const parts = path.split("/");
  for (let count = 1; count <= parts.length; count += 1) {
    const shown = parts.slice(0, count).join("/");
    const stats = await lstatOrAbsent(join(root, shown));
    if (stats === undefined) return;
    if (count === parts.length || !stats.isDirectory()) return visit(join(root, shown), shown);
  }
}

async function lstatOrAbsent(location: string): Promise<Stats | undefined> {
  try {
    return await lstat(location);
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw error;
  }
}

/** Undefined if the file at this path is no longer the one that was listed. */
export async function readListedFile(file: ListedFile): Promise<Uint8Array | "unreadable" | undefined> {
  try {
    // No link is followed, and a pipe that replaced the file does not block.
    const handle = await open(
      file.location,
      constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
    );
    try {
      return await readUnchanged(handle, file);
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (isAbsence(error) || errorCode(error) === "ELOOP") return undefined;
    if (isForbidden(error)) return "unreadable";
    throw error;
  }
}

async function readUnchanged(
  handle: FileHandle,
  { fingerprint, size }: ListedFile,
): Promise<Uint8Array | undefined> {
  const stats = await handle.stat({ bigint: true });
  if (fingerprintOf(stats) !== fingerprint) return undefined;
  // One byte more, because an empty file needs a buffer too.
  const { bytesRead, buffer } = await handle.read(Buffer.alloc(size + 1), 0, size + 1, 0);
  return buffer.subarray(0, bytesRead);
}

function fingerprintOf(stats: BigIntStats): string {
  return [stats.dev, stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs].join(":");
}

function isForbidden(error: unknown): boolean {
  const code = errorCode(error);
  return code === "EACCES" || code === "EPERM";
}

export function isAbsence(error: unknown): boolean {
  const code = errorCode(error);
  return code === "ENOENT" || code === "ENOTDIR";
}
