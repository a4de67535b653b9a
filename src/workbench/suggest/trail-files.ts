import { relative } from "node:path";
import { trailEvent } from "../../adopt/evidence/trail-event.ts";
import { fieldsOf } from "../../iam/fields.ts";
import { sessionOf } from "../../iam/trail/actor.ts";
import { TrailCollector, type ObservedRoles, type TrailUsage } from "../../adopt/evidence/trail-usage.ts";
import { isObject, parsedJson } from "../../text/json-values.ts";
import { trailPaths, trailText } from "../project/trail-paths.ts";

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
  const paths = await trailPaths(folder);
  const reading = new TrailReading(observed);
  for (const [index, path] of paths.entries()) {
    if (index % 100 === 0) progress(`reading CloudTrail: ${index} of ${paths.length} files`);
    await reading.add(path, relative(folder, path));
  }
  return { usage: reading.usage, summary: { folder, files: paths.length, ...reading.summary() } };
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
    const text = await trailText(path);
    if (text.kind === "unread") {
      this.#unread.push({ file, reason: text.reason });
      return;
    }
    const content = parsedJson(text.text);
    const records = isObject(content) ? content["Records"] : undefined;
    if (!Array.isArray(records)) this.#unread.push({ file, reason: "it is not JSON with Records" });
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
