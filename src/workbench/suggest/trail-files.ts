import { readdir, readFile, stat } from "node:fs/promises";
import { join, relative } from "node:path";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { trailEvent } from "../../adopt/evidence/trail-event.ts";
import { fieldsOf } from "../../iam/fields.ts";
import { sessionOf } from "../../iam/trail/actor.ts";
import { TrailCollector, type ObservedRoles, type TrailUsage } from "../../adopt/evidence/trail-usage.ts";
import { CliError } from "../../cli/toolbox/cli-error.ts";
import { errorCode } from "../../model/values/error-code.ts";
import { isObject, parsedJson } from "../../text/json-values.ts";
import { byTextOf } from "../../text/order.ts";

/** What was read of a folder with files of CloudTrail. */
export interface TrailFiles {
  readonly usage: TrailUsage;
  readonly summary: TrailSummary;
}

export interface TrailSummary {
  readonly folder: string;
  readonly files: number;
  /** Of the accounts whose functions were looked at. */
  readonly events: number;
  /** Events of other accounts, which are not kept. */
  readonly foreignEvents: number;
  /** The times of the events; null without one. */
  readonly from: string | null;
  readonly to: string | null;
  /** Files that were not read completely: sorted, with the reason. */
  readonly unread: readonly { readonly file: string; readonly reason: string }[];
}

/** AWS's own are smaller: CloudTrail ends a file at 50 MB before compression. */
const MOST_BYTES = 67_108_864;
const MOST_FILES = 500_000;
/** `AWSLogs/ORGANIZATION/ACCOUNT/CloudTrail/REGION/YYYY/MM/DD` and some folders around it. */
const DEEPEST = 16;

/**
 * Reads every `.json` and `.json.gz` of a folder as CloudTrail delivers them to S3; files of digests and insights are
 * skipped, and links are not followed. Only facts about the observed roles are kept, so memory does not grow with the files.
 * @throws CliError if the folder cannot be read, or has no such file
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-examples.html
 */
export async function readTrailFiles(
  folder: string,
  observed: ObservedRoles,
  progress: (text: string) => void,
): Promise<TrailFiles> {
  const paths = (await pathsIn(folder, 0)).sort(byTextOf((path) => path));
  if (paths.length === 0)
    throw new CliError(`${folder} has no .json or .json.gz file`, "name a folder with files of CloudTrail");
  const reading = new TrailReading(observed);
  for (const [index, path] of paths.entries()) {
    if (index % 100 === 0) progress(`reading CloudTrail: ${index} of ${paths.length} files`);
    await reading.add(path, relative(folder, path));
  }
  return { usage: reading.usage, summary: { folder, files: paths.length, ...reading.summary() } };
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

/** One pass over the files. */
class TrailReading {
  readonly #observed: ObservedRoles;
  readonly #collector: TrailCollector;
  readonly #unread: { readonly file: string; readonly reason: string }[] = [];
  #events = 0;
  #foreignEvents = 0;
  #fromMs = Infinity;
  #toMs = -Infinity;

  constructor(observed: ObservedRoles) {
    this.#observed = observed;
    this.#collector = new TrailCollector(observed);
  }

  get usage(): TrailUsage {
    return this.#collector.usage;
  }

  summary(): Omit<TrailSummary, "folder" | "files"> {
    const time = (ms: number): string | null => (Number.isFinite(ms) ? new Date(ms).toISOString() : null);
    const [events, foreignEvents, unread] = [this.#events, this.#foreignEvents, this.#unread];
    return { events, foreignEvents, from: time(this.#fromMs), to: time(this.#toMs), unread };
  }

  async add(path: string, file: string): Promise<void> {
    const text = await textOf(path);
    if (text.kind === "unread") {
      this.#unread.push({ file, reason: text.reason });
      return;
    }
    const content = parsedJson(text.text);
    const records = isObject(content) ? content["Records"] : undefined;
    if (!Array.isArray(records)) this.#unread.push({ file, reason: "it is no JSON with Records" });
    else if (!records.map((record: unknown) => this.#addRecord(record)).every(Boolean))
      this.#unread.push({ file, reason: "a record of an observed role has not the form of CloudTrail" });
  }

  /** @returns false for a record that may show a use and is not understood */
  #addRecord(record: unknown): boolean {
    const event = trailEvent(record);
    if (event === null) return !this.#isObserved(record);
    if (!this.#collector.add(event)) {
      this.#foreignEvents += 1;
      return true;
    }
    this.#events += 1;
    this.#fromMs = Math.min(this.#fromMs, event.atMs);
    this.#toMs = Math.max(this.#toMs, event.atMs);
    return true;
  }

  #isObserved(record: unknown): boolean {
    const arn = sessionOf(fieldsOf(fieldsOf(record)["userIdentity"]))?.roleArn;
    return arn !== undefined && [...this.#observed.values()].some((roles) => roles.has(arn));
  }
}

type FileText =
  { readonly kind: "text"; readonly text: string } | { readonly kind: "unread"; readonly reason: string };

const TOO_LARGE = `it is larger than ${MOST_BYTES / 1_048_576} MiB`;
const unzip = promisify<Buffer, { maxOutputLength: number }, Buffer>(gunzip);

async function textOf(path: string): Promise<FileText> {
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
