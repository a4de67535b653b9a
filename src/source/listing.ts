import { SourceError } from "../controller/ports/source.ts";
import type { RefusalReason, RefusedFile } from "../model/snapshot.ts";
import { byPath, isSafePath, tooManyFiles } from "./entry-rules.ts";
import type { SourceLimits } from "./entry-rules.ts";
import { visibleName } from "./clean-text.ts";
import type { Deadline } from "./git-failure.ts";
import type { ObjectName } from "./mirror.ts";
import { failureIn, isDone, runIn } from "./repository.ts";
import type { Repository } from "./repository.ts";

export interface ListedBlob {
  readonly path: string;
  readonly oid: string;
}

export interface Listing {
  readonly blobs: readonly ListedBlob[];
  readonly refused: readonly RefusedFile[];
}

export interface TreeListing extends Listing {
  /** The folders at, above and below the declared paths. */
  readonly trees: readonly ListedBlob[];
}

export interface ContentRequest {
  readonly commit: ObjectName;
  readonly paths: readonly string[];
  readonly limits: SourceLimits;
}

/**
 * One name in a tree can be as long as the pack, and folders inside folders make every path below them as long. Of a path
 * past this only the start is kept: it is an unsafe name in any case (`isSafePath`), and the other paths are still read.
 */
const MAX_RECORD_BYTES = 8_192;
/** Beside one for each file: folders that hold only folders. */
const MAX_FOLDERS = 1_000;
const REFUSED_MODES: Readonly<Record<string, RefusalReason>> = { "120000": "symlink", "160000": "submodule" };

/**
 * Every entry below the declared paths of a commit. Counted while git lists: a dozen objects can name ten billion paths.
 * @throws SourceError `too-many-files`, or that the commit can't be read
 */
export async function listFiles(
  repository: Repository,
  request: ContentRequest,
  deadline: Deadline,
): Promise<TreeListing> {
  const { commit, paths, limits } = request;
  const records = new Records(limits.files * 2 + MAX_FOLDERS);
  const args = [
    "ls-tree",
    "-r",
    "-t",
    "-z",
    "--end-of-options",
    commit.hash,
    ...(paths.includes(".") ? [] : paths),
  ];
  const outcome = await runIn(repository, { args, sink: (chunk) => records.take(chunk) }, deadline);
  if (records.isTooMany) throw tooManyFiles(repository.source, limits);
  if (!isDone(outcome)) throw failureIn(repository, `list ${commit.hash}`, outcome, deadline);
  const entries = records.complete.map((record) => parseRecord(repository.source, record));
  const [trees, files] = [entries.filter(isTree), entries.filter((entry) => !isTree(entry))];
  if (files.length > limits.files) throw tooManyFiles(repository.source, limits);
  return { ...sortEntries(files), trees };
}

/**
 * Cuts the output at NUL, whatever the pieces it comes in, and keeps the records that are wanted: at most `max`, and of each
 * at most `MAX_RECORD_BYTES`.
 */
export class Records {
  readonly complete: Buffer[] = [];
  readonly #max: number;
  readonly #isWanted: (record: Buffer) => boolean;
  #rest: Buffer = Buffer.alloc(0);

  constructor(max: number, isWanted: (record: Buffer) => boolean = () => true) {
    this.#max = max;
    this.#isWanted = isWanted;
  }

  get isTooMany(): boolean {
    return this.complete.length > this.#max;
  }

  take(chunk: Buffer): boolean {
    let start = 0;
    for (let end = chunk.indexOf(0); end !== -1 && !this.isTooMany; end = chunk.indexOf(0, start)) {
      const record = this.#joined(chunk, start, end);
      if (this.#isWanted(record)) this.complete.push(record);
      this.#rest = Buffer.alloc(0);
      start = end + 1;
    }
    this.#rest = this.#joined(chunk, start, chunk.length);
    return !this.isTooMany;
  }

  /** What is left of the pieces before, and this piece, up to the limit: a copy, so that no whole chunk is kept for it. */
  #joined(chunk: Buffer, start: number, end: number): Buffer {
    const wanted = Math.min(end - start, MAX_RECORD_BYTES - this.#rest.length);
    return wanted === 0 ? this.#rest : Buffer.concat([this.#rest, chunk.subarray(start, start + wanted)]);
  }
}

function isTree({ mode }: GitEntry): boolean {
  return mode === "040000";
}

/** An entry of a tree or of an index. */
export interface GitEntry {
  readonly mode: string;
  readonly oid: string;
  readonly path: string;
}

/** Regular files with safe names, and everything else by name. */
export function sortEntries(entries: readonly GitEntry[]): Listing {
  const blobs: ListedBlob[] = [];
  const refused: RefusedFile[] = [];
  for (const { mode, oid, path } of entries) {
    const reason = refusal(mode, path);
    if (reason === undefined) blobs.push({ path, oid });
    else refused.push({ path: visibleName(path), reason });
  }
  return { blobs: blobs.sort(byPath), refused: refused.sort(byPath) };
}

/** `<mode> <type> <oid>\t<path>`; bytes that are no UTF-8 become U+FFFD, which no safe path has. */
function parseRecord(source: string, record: Buffer): GitEntry {
  const tab = record.indexOf(9);
  const [mode = "", , oid = ""] = record.toString("latin1", 0, tab).split(" ");
  if (tab < 0 || !/^[0-9a-f]{40,64}$/.test(oid)) {
    throw new SourceError(
      "corrupt",
      `source "${source}": git listed an entry without a name`,
      "Remove the mirror; it is fetched again.",
    );
  }
  return { mode, oid, path: record.toString("utf8", tab + 1) };
}

function refusal(mode: string, path: string): RefusalReason | undefined {
  if (!isSafePath(path)) return "unsafe-name";
  if (mode === "100644" || mode === "100755") return undefined;
  return REFUSED_MODES[mode] ?? "unusual-mode";
}
