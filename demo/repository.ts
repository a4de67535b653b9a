import { execFile } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { Files } from "./manifests.ts";

const run = promisify(execFile);

/** A user's clone of the permissions repository, for pushes. */
export interface Repository {
  /** Commits these files (null: removed) on top of the existing ones and pushes. @returns the commit */
  push(author: string, message: string, change: Readonly<Record<string, string | null>>): Promise<string>;
  /** Reverts the newest commit and pushes. @returns the commit */
  undo(author: string): Promise<string>;
}

/** An empty bare repository at `<root>/permissions.git`, ready to be served. */
export async function createBare(root: string): Promise<void> {
  await mkdir(root, { recursive: true });
  await git(root, ["init", "--quiet", "--bare", "--initial-branch=main", "permissions.git"]);
}

/** Clones `url` into the folder and pushes the first files. */
export async function cloneWith(url: string, folder: string, files: Files): Promise<Repository> {
  await git(dirname(folder), ["clone", "--quiet", url, folder]);
  await git(folder, ["checkout", "--quiet", "-B", "main"]);
  const repository: Repository = {
    push: (author, message, change) => push(folder, author, message, change),
    undo: async (author) => {
      await git(folder, ["revert", "--no-edit", "HEAD"], author);
      return pushHead(folder);
    },
  };
  await repository.push("Dana Ruiz", "The permissions of twelve functions", files);
  return repository;
}

async function push(
  folder: string,
  author: string,
  message: string,
  change: Readonly<Record<string, string | null>>,
): Promise<string> {
  for (const [path, text] of Object.entries(change)) {
    const file = join(folder, path);
    await (text === null ? rm(file) : mkdir(dirname(file), { recursive: true }));
    if (text !== null) await writeFile(file, text);
  }
  await git(folder, ["add", "--all"]);
  await git(folder, ["commit", "--quiet", "--message", message], author);
  return pushHead(folder);
}

async function pushHead(folder: string): Promise<string> {
  await git(folder, ["push", "--quiet", "origin", "main"]);
  return (await git(folder, ["rev-parse", "HEAD"])).trim();
}

/** git without this machine's configuration. */
async function git(cwd: string, args: readonly string[], author = "Dana Ruiz"): Promise<string> {
  const email = `${author.split(" ")[0]?.toLowerCase() ?? "someone"}@acme.example`;
  const env = {
    PATH: process.env["PATH"],
    HOME: "/nonexistent",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_TERMINAL_PROMPT: "0",
    GIT_AUTHOR_NAME: author,
    GIT_AUTHOR_EMAIL: email,
    GIT_COMMITTER_NAME: author,
    GIT_COMMITTER_EMAIL: email,
  };
  return (await run("git", ["-c", "gc.auto=0", ...args], { cwd, env })).stdout;
}
