import type { Reader } from "../request/reader.ts";
import { ApiFailure } from "../request/failure.ts";
import { InitialEvents, type InitialParts } from "./initial/initial-events.ts";
import { watchedId, type LoggedChange } from "./object-log.ts";
import type { Batch, SharedBatches } from "./shared-batches.ts";
import type { ResourceFeed } from "./resource-feed.ts";
import type { WatchSource } from "./watch-stream.ts";

/** Where a watch begins. */
export type WatchStart =
  /** After that version, which a list had. */
  | { readonly kind: "after"; readonly version: number }
  /** With an event for each object. */
  | { readonly kind: "objects" };

/** The same, with the read that has the objects. */
type OpenStart = Extract<WatchStart, { readonly kind: "after" }> | ObjectsStart;

interface ObjectsStart {
  readonly kind: "objects";
  /** Of the log, before the read. */
  readonly version: number;
  readonly reader: Reader;
}

/** A watch shows the objects as they are when it is opened; to a client that does not read, as they are when it does. */
export async function openStart(
  start: WatchStart,
  { log }: ResourceFeed,
  open: () => Promise<Reader>,
): Promise<OpenStart> {
  if (start.kind === "after") return start;
  const { version } = log;
  return { kind: "objects", version, reader: await open() };
}

/** Changes of one turn: others share the process. */
const AT_A_TIME = 20;
/** No more after so many characters: of a client that does not read, one piece is kept. */
const PIECE_CHARACTERS = 131_072;

export interface ObjectWatchParts extends InitialParts {
  /** What `selects` selects, and the form of its lines: equal for watches that send the same. */
  readonly selection: string;
  readonly batches: SharedBatches;
}

const NOTHING = new Uint8Array();

/** The changes of one resource that a client selects, in the order in which they were seen. */
export class ObjectWatch implements WatchSource {
  readonly #parts: ObjectWatchParts;
  readonly #initial: InitialEvents | null;
  #version: number;
  /** Of the log, when the initial events were read. */
  #initialTo = Infinity;

  /** @throws ApiFailure Expired */
  constructor(parts: ObjectWatchParts, start: OpenStart) {
    this.#parts = parts;
    this.#version = start.version;
    this.#initial = start.kind === "objects" ? new InitialEvents(parts, start.reader) : null;
    if (parts.feed.log.after(this.#version, 1) === null) throw expired();
  }

  get resourceVersion(): string {
    return this.#parts.feed.format(Math.max(this.#version, 1));
  }

  async *initial(): AsyncGenerator<string | Uint8Array, void> {
    const initial = this.#initial;
    if (initial === null) return;
    for (let lines = await initial.piece(); lines !== null; lines = await initial.piece()) yield* lines;
    this.#initialTo = this.#parts.feed.log.version;
    yield* this.#changesTo(this.#initialTo);
    if (this.#version >= this.#initialTo) initial.forget();
  }

  release(): void {
    this.#initial?.release();
  }

  *#changesTo(version: number): Generator<Uint8Array, void> {
    while (this.#version < version) {
      const found = this.take();
      if (found.length === 0) return;
      yield found;
    }
  }

  /** @throws ApiFailure Expired: the client is so slow that changes were lost */
  take(): Uint8Array {
    // Changes that it does not select are no end of the changes.
    for (let batch = this.#batch(); batch !== null; batch = this.#batch()) {
      this.#version = batch.version;
      if (this.#version >= this.#initialTo) this.#initial?.forget();
      if (batch.bytes.length > 0) return batch.bytes;
    }
    return NOTHING;
  }

  #batch(): Batch | null {
    const { feed, batches, selection, lines } = this.#parts;
    const isShared = this.#initial?.isForgotten !== false && lines.areShared;
    if (!isShared) return this.#ownBatch();
    return batches.of({ feed, selection, after: this.#version }, () => this.#ownBatch());
  }

  /** @throws ApiFailure Expired */
  #ownBatch(): Batch | null {
    const changes = this.#parts.feed.log.after(this.#version, AT_A_TIME);
    if (changes === null) throw expired();
    if (changes.length === 0) return null;
    let text = "";
    let version = this.#version;
    for (const change of changes) {
      text += this.#lineOf(change);
      ({ version } = change);
      if (text.length >= PIECE_CHARACTERS) break;
    }
    return { bytes: text === "" ? NOTHING : Buffer.from(text, "utf8"), version };
  }

  onceChanged(listener: () => void): () => void {
    const { log } = this.#parts.feed;
    if (log.version <= this.#version) return log.onceChanged(listener);
    listener();
    return () => undefined;
  }

  bookmark(isInitialEnd: boolean): string {
    return this.#parts.lines.bookmark(this.resourceVersion, isInitialEnd);
  }

  /** "": the client does not select it. */
  #lineOf({ version, type, before, after, isVisible, text, rows }: LoggedChange): string {
    const { feed, lines, selects } = this.#parts;
    const named = after ?? before;
    const id = named === null ? "" : watchedId(named);
    if (this.#initial?.hasSent(id, version) === true) return "";
    const was = before !== null && selects(before) && this.#initial?.isKnown(id) !== false;
    const is = after !== null && selects(after);
    const isSame = was && is && lines.isRowOnly && !isVisible && this.#initial?.isUncertain(id) !== true;
    this.#initial?.changed(id, after === null ? null : version);
    if (isSame || (!was && !is)) return "";
    const shown = was && is ? type : was ? "DELETED" : "ADDED";
    const resourceVersion = feed.format(version);
    return lines.event(shown, { text, rows, isRemoved: after === null, resourceVersion });
  }
}

export function expired(): ApiFailure {
  return new ApiFailure(
    "Expired",
    "too old resource version: the changes since then are not kept; list again",
  );
}
