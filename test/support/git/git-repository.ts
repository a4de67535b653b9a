import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

const IDENTITY = {
  GIT_AUTHOR_NAME: "Dana",
  GIT_AUTHOR_EMAIL: "dana@example.com",
  GIT_COMMITTER_NAME: "Robin",
  GIT_COMMITTER_EMAIL: "robin@example.com",
  GIT_AUTHOR_DATE: "1700000000 +0000",
  GIT_COMMITTER_DATE: "1700000000 +0000",
};

/** git as tests use it: no configuration of this machine, a fixed identity and time. */
export async function git(
  cwd: string,
  args: readonly string[],
  options: { readonly input?: string; readonly env?: Record<string, string> } = {},
): Promise<string> {
  const env = {
    PATH: process.env["PATH"],
    HOME: "/nonexistent",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    ...IDENTITY,
    ...options.env,
  };
  const child = run("git", ["-c", "init.defaultBranch=main", "-c", "gc.auto=0", ...args], {
    cwd,
    env,
    maxBuffer: 64_000_000,
  });
  // A command that reads nothing may be gone by now.
  child.child.stdin?.on("error", () => undefined);
  child.child.stdin?.end(options.input ?? "");
  return (await child).stdout;
}

export interface TestRepository {
  /** The bare repository. */
  readonly bare: string;
  /** Commits exactly these files on a branch (main) and returns the commit. */
  commit(files: Readonly<Record<string, string>>, options?: CommitOptions): Promise<string>;
  git(...args: readonly string[]): Promise<string>;
}

export interface CommitOptions {
  readonly branch?: string;
  /** `none` begins a history of its own. */
  readonly parent?: "tip" | "none";
  readonly message?: string;
  readonly env?: Record<string, string>;
  /** The variables with which git signs the commit; missing: it is not signed. */
  readonly signing?: Readonly<Record<string, string>>;
}

/** A bare repository at `<root>/<name>`, filled without a working tree so that any tree can be made. */
export async function makeRepository(
  root: string,
  name: string,
  format: "sha1" | "sha256" = "sha1",
): Promise<TestRepository> {
  const bare = join(root, name);
  await mkdir(root, { recursive: true });
  await git(root, ["init", "--quiet", "--bare", `--object-format=${format}`, bare]);
  return {
    bare,
    git: (...args) => git(bare, args),
    commit: (files, options) => commitFiles(bare, files, options ?? {}),
  };
}

async function commitFiles(
  bare: string,
  files: Readonly<Record<string, string>>,
  options: CommitOptions,
): Promise<string> {
  if (options.env === undefined && options.signing === undefined) return importFiles(bare, files, options);
  const entries: TreeEntry[] = [];
  for (const [path, text] of Object.entries(files)) {
    entries.push({ mode: "100644", path, oid: await writeBlob(bare, text) });
  }
  return commitEntries(bare, entries, options);
}

/** The same commit by one process: each one costs the time of a fork of this process. */
async function importFiles(
  bare: string,
  files: Readonly<Record<string, string>>,
  { branch = "main", parent = "tip", message = "change" }: CommitOptions,
): Promise<string> {
  const ref = `refs/heads/${branch}`;
  const hasParent = parent === "tip" && existsSync(join(bare, ref));
  const lines = [
    `commit ${ref}`,
    "mark :1",
    "author Dana <dana@example.com> 1700000000 +0000",
    "committer Robin <robin@example.com> 1700000000 +0000",
    dataOf(message.endsWith("\n") ? message : `${message}\n`),
    ...(hasParent ? [`from ${ref}^0`] : []),
    "deleteall",
    ...Object.entries(files).flatMap(([path, text]) => [`M 100644 inline ${quoted(path)}`, dataOf(text)]),
    "get-mark :1",
    "",
  ];
  return (await git(bare, ["fast-import", "--quiet", "--force"], { input: lines.join("\n") })).trim();
}

function dataOf(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}`;
}

/** As fast-import reads a path: quoted like a string of C. */
function quoted(path: string): string {
  return `"${path.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;
}

export interface TreeEntry {
  readonly mode: string;
  readonly path: string;
  readonly oid: string;
}

export async function writeBlob(bare: string, text: string): Promise<string> {
  return (await git(bare, ["hash-object", "-w", "--stdin"], { input: text })).trim();
}

/** Commits entries of any mode, so also what `git add` would never make. */
export async function commitEntries(
  bare: string,
  entries: readonly TreeEntry[],
  options: CommitOptions = {},
): Promise<string> {
  const env = { GIT_INDEX_FILE: join(bare, "test-index") };
  await git(bare, ["read-tree", "--empty"], { env });
  const input = entries.map(({ mode, oid, path }) => `${mode} ${oid}\t${path}\0`).join("");
  await git(bare, ["update-index", "-z", "--index-info"], { env, input });
  return commitTree(bare, (await git(bare, ["write-tree", "--missing-ok"], { env })).trim(), options);
}

export async function commitTree(bare: string, tree: string, options: CommitOptions = {}): Promise<string> {
  const ref = `refs/heads/${options.branch ?? "main"}`;
  const parents = options.parent === "none" ? [] : await tipOf(bare, ref);
  const sign = options.signing === undefined ? [] : ["-S"];
  const args = ["commit-tree", ...sign, tree, ...parents.flatMap((parent) => ["-p", parent]), "-F", "-"];
  const env = { ...options.env, ...options.signing };
  const commit = (await git(bare, args, { input: options.message ?? "change", env })).trim();
  await git(bare, ["update-ref", ref, commit]);
  return commit;
}

async function tipOf(bare: string, ref: string): Promise<readonly string[]> {
  const text = await git(bare, ["for-each-ref", "--format=%(objectname)", ref]);
  return text.split("\n").filter((line) => line !== "");
}

export async function writeFiles(root: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
}

/** Many commits on main that change nothing. */
export async function addCommits(bare: string, count: number): Promise<void> {
  const commits = Array.from({ length: count }, (_, index) => {
    const parent = index === 0 ? "from refs/heads/main^0\n" : "";
    return `commit refs/heads/main\ncommitter Robin <robin@example.com> 1700000000 +0000\ndata 1\nx\n${parent}`;
  });
  await git(bare, ["fast-import", "--quiet"], { input: commits.join("") });
}
