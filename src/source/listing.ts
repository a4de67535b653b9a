import type { RefusalReason } from "../model/snapshot.ts";
import { isSafePath } from "./entry-rules.ts";

export interface ListedBlob {
  readonly path: string;
  readonly oid: string;
}

/**
 * Of a longer path only the start is kept: it is an unsafe name in any case (`isSafePath`), and the other paths are still
 * read.
 */
const MAX_RECORD_BYTES = 8_192;
const REFUSED_MODES: Readonly<Record<string, RefusalReason>> = { "120000": "symlink", "160000": "submodule" };

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

/** An entry of a tree or of an index. */
export interface GitEntry {
  readonly mode: string;
  readonly oid: string;
  readonly path: string;
}

/** Why an entry that is no folder is not read; undefined for a regular file with a safe name. */
export function refusalOf({ mode, path }: Pick<GitEntry, "mode" | "path">): RefusalReason | undefined {
  if (!isSafePath(path)) return "unsafe-name";
  if (mode === "100644" || mode === "100755") return undefined;
  return REFUSED_MODES[mode] ?? "unusual-mode";
}
