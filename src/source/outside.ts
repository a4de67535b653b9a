import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import type { SourceLimits } from "./entry-rules.ts";
import type { Deadline } from "./git-failure.ts";
import { Records } from "./listing.ts";
import { isDone, runIn } from "./repository.ts";
import type { Repository } from "./repository.ts";

const MAX_LOOKED_AT = 2_000;
const MAX_BYTES = 65_536;
/** A document of Grantkeeper, finished or not; other YAML (a workflow, a chart) is none of its business. */
const MANIFEST = /grantkeeper\.dev\/|^kind:\s*["']?(FunctionPermission|AwsAccount|ManagedPolicy|Waiver)\b/m;

/** YAML files of the working tree that hold manifests and are not in a declared path, so that the controller never sees them. */
export async function manifestsOutside(
  repository: Repository,
  {
    root,
    paths,
  }: { readonly root: string; readonly paths: readonly string[]; readonly limits: SourceLimits },
  until: Deadline,
): Promise<readonly string[]> {
  if (paths.includes(".")) return [];
  const records = new Records(Infinity);
  const patterns = [":(glob,icase)**/*.yaml", ":(glob,icase)**/*.yml"];
  const command = {
    args: ["ls-files", "-z", "-c", "-o", "--exclude-standard", "--", ...patterns],
    sink: (chunk: Buffer) => records.take(chunk),
  };
  const globs = { ...repository, env: { ...repository.env, GIT_LITERAL_PATHSPECS: "0" } };
  if (!isDone(await runIn(globs, command, until))) return [];
  const names = new Set(records.complete.map((record) => record.toString("utf8")));
  const outside = [...names].filter((name) => !paths.some((path) => name.startsWith(`${path}/`)));
  const found: string[] = [];
  for (const name of outside.sort().slice(0, MAX_LOOKED_AT))
    if (MANIFEST.test(await startOf(join(root, name)))) found.push(name);
  return found;
}

/** Empty for what is not a readable file. */
async function startOf(location: string): Promise<string> {
  try {
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
    const file = await open(location, flags);
    try {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(MAX_BYTES), 0, MAX_BYTES, 0);
      return buffer.toString("utf8", 0, bytesRead);
    } finally {
      await file.close();
    }
  } catch {
    // It is a link, a folder, or gone: nothing that could be taken for a manifest.
    return "";
  }
}
