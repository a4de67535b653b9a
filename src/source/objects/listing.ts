import type { RefusalReason } from "../../model/snapshot.ts";
import { isSafePath } from "../rules/entry-rules.ts";

export interface ListedBlob {
  readonly path: string;
  readonly oid: string;
}

/**
 * Only the start of a longer path is kept: the path is refused as unsafe in any case (`isSafePath`), and the other
 * paths are still read.
 */
const MAX_RECORD_BYTES = 8_192;
const REFUSED_MODES: Readonly<Record<string, RefusalReason>> = { "120000": "symlink", "160000": "submodule" };

/**
 * Splits the output at NUL, independent of its chunks, and keeps the wanted records: at most `max`, and at most
 * `MAX_RECORD_BYTES` of each.
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

  /**
   * The rest of the previous chunks and this part, up to the limit. It is a copy, so that no complete chunk is kept in
   * memory for it.
   */
  #joined(chunk: Buffer, start: number, end: number): Buffer {
    const wanted = Math.min(end - start, MAX_RECORD_BYTES - this.#rest.length);
    return wanted === 0 ? this.#rest : Buffer.concat([this.#rest, chunk.subarray(start, start + wanted)]);
  }
}

/** An entry of a tree or an index. */
export interface GitEntry {
  readonly mode: string;
  readonly oid: string;
  readonly path: string;
}

/** Why an entry other than a folder is refused; undefined for a regular file with a safe name. */
export function refusalOf({ mode, path }: Pick<GitEntry, "mode" | "path">): RefusalReason | undefined {
  if (!isSafePath(path)) return "unsafe-name";
  if (mode === "100644" || mode === "100755") return undefined;
  return REFUSED_MODES[mode] ?? "unusual-mode";
}
