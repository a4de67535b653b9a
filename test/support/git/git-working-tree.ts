import { join } from "node:path";
import type { Snapshot } from "../../../src/model/snapshot.ts";
import { readFolder } from "../../../src/source/folder.ts";
import { readLocalRevision } from "../../../src/source/local-repository.ts";
import type { SourcePaths } from "../../../src/source/rules/entry-rules.ts";
import type { FolderReading } from "../../../src/source/working-tree/working-tree.ts";
import { git, writeFiles } from "./git-repository.ts";
import { LIMITS, PATHS, SILENT, type Bench } from "./git-source.ts";

const { signal } = new AbortController();

/** The root of a repository with two committed files. */
export async function makeWorkingTree({ root }: Bench): Promise<string> {
  const work = join(root, "work");
  await git(root, ["init", "--quiet", work]);
  await writeFiles(work, { "teams/orders/a.yaml": "1\n", "platform/p.yaml": "2\n" });
  await commit(work);
  return work;
}

/** Reads a folder as `validate` and `plan` do. */
export function read(
  root: string,
  limits: Partial<typeof LIMITS> = {},
  paths: SourcePaths = PATHS,
): Promise<FolderReading> {
  return readFolder(
    {
      name: "directory",
      root,
      paths,
      limits: { ...LIMITS, ...limits },
      rules: "git",
      timeoutMs: 20_000,
      debounceMs: 0,
      telemetry: SILENT,
    },
    signal,
  );
}

export async function commit(work: string): Promise<void> {
  await git(work, ["add", "--all"]);
  await git(work, ["commit", "--quiet", "--allow-empty", "-m", "change"]);
}

/** The newest commit, read from the repository. */
export function committed(root: string, paths: SourcePaths = PATHS): Promise<Snapshot> {
  return readLocalRevision({ root, paths, limits: LIMITS, timeoutMs: 20_000 }, "HEAD", signal);
}

export function contentOf({ files, refused }: Snapshot): object {
  const texts = files.map(({ path, oid, bytes }) => [path, oid, Buffer.from(bytes).toString("latin1")]);
  return { texts, refused };
}
