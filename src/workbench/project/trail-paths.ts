import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { CliError } from "../../cli/toolbox/cli-error.ts";
import { errorCode } from "../../model/values/error-code.ts";
import { byTextOf } from "../../text/order.ts";

/** AWS's own are smaller: CloudTrail ends a file at 50 MB before compression. */
const MOST_BYTES = 67_108_864;
const MOST_FILES = 500_000;
/** `AWSLogs/ORGANIZATION/ACCOUNT/CloudTrail/REGION/YYYY/MM/DD` and some folders around it. */
const DEEPEST = 16;

/**
 * The `.json` and `.json.gz` in a folder, as CloudTrail delivers them to S3; files of digests and insights are skipped, and
 * links are not followed. @throws CliError if the folder cannot be read, or has no such file
 */
export async function trailPaths(folder: string): Promise<readonly string[]> {
  const paths = (await pathsIn(folder, 0)).sort(byTextOf((path) => path));
  if (paths.length > 0) return paths;
  throw new CliError(`${folder} has no .json or .json.gz file`, "name a folder with files of CloudTrail");
}

async function pathsIn(folder: string, depth: number): Promise<string[]> {
  if (depth > DEEPEST) throw new CliError(`${folder} is nested deeper than ${DEEPEST} folders`, null);
  const paths: string[] = [];
  for (const entry of await entriesOf(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && !/^CloudTrail-(Digest|Insight)/.test(entry.name))
      paths.push(...(await pathsIn(path, depth + 1)));
    if (entry.isFile() && /\.json(\.gz)?$/.test(entry.name)) paths.push(path);
    if (paths.length > MOST_FILES)
      throw new CliError(`${folder} has more than ${MOST_FILES} files`, "name a folder with fewer days");
  }
  return paths;
}

async function entriesOf(folder: string) {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (cause) {
    throw new CliError(`cannot read ${folder} (${errorCode(cause) ?? "unknown failure"})`, null, { cause });
  }
}

type TrailText =
  { readonly kind: "text"; readonly text: string } | { readonly kind: "unread"; readonly reason: string };

const TOO_LARGE = `it is larger than ${MOST_BYTES / 1_048_576} MiB`;
const unzip = promisify<Buffer, { maxOutputLength: number }, Buffer>(gunzip);

/** Its content, unpacked. */
export async function trailText(path: string): Promise<TrailText> {
  try {
    if ((await stat(path)).size > MOST_BYTES) return { kind: "unread", reason: TOO_LARGE };
    const bytes = await readFile(path);
    const content = path.endsWith(".gz") ? await unzip(bytes, { maxOutputLength: MOST_BYTES }) : bytes;
    return { kind: "text", text: content.toString("utf8") };
  } catch (cause) {
    const code = errorCode(cause) ?? "unknown failure";
    return {
      kind: "unread",
      reason: code === "ERR_BUFFER_TOO_LARGE" ? TOO_LARGE : `it cannot be read (${code})`,
    };
  }
}
