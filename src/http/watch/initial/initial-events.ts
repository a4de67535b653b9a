import type { ApiObject } from "../../../api/object.ts";
import type { Reader } from "../../request/reader.ts";
import type { ObjectIdentity } from "../object-log.ts";
import type { ResourceFeed } from "../resource-feed.ts";
import type { FeedEntry } from "../stamps.ts";
import type { SharedSlices } from "../shared-slices.ts";
import type { WatchLines } from "../watch-lines.ts";
import type { ListPoint } from "./list-point.ts";

export interface InitialParts {
  readonly feed: ResourceFeed;
  readonly lines: WatchLines;
  readonly selects: (object: ObjectIdentity) => boolean;
  /** A read of now. */
  readonly open: () => Promise<Reader>;
  readonly slices: SharedSlices;
}

export interface InitialStart {
  /** Its objects are sent, until it is released. */
  readonly reader: Reader;
  /** What the client has from a list; null: nothing. */
  readonly listed: ListPoint | null;
  /** Objects of the list that the log did not have any more when the watch began. */
  readonly gone: readonly string[];
}

interface OpenRead {
  readonly reader: Reader;
  readonly entries: Iterator<FeedEntry, void>;
}

/** Objects of one piece, so that also a client that takes a little now and then gets through all of them. */
const PIECE_LINES = 20;
/** Most of them may need no line, and cost little. */
const PIECE_OBJECTS = 200;
const PIECE_CHARACTERS = 65_536;

/**
 * What takes a client from its list, or from nothing, to what exists: an event for each object that it selects and does not
 * have so. They come in pieces, and between two of them the read may be released: a complete read of the record has many
 * megabytes, and a client may take as long as it likes.
 *
 *   reading ──release()──► released ──piece()──► reading (of a new read, without what was sent)
 */
export class InitialEvents {
  readonly #parts: InitialParts;
  #start: Omit<InitialStart, "reader">;
  /** By object: the version that the client has. 0: every change in the log is one for it. */
  readonly #sent = new Map<string, number>();
  #read: OpenRead | null;
  #hasAll = false;
  #isForgotten = false;

  constructor(parts: InitialParts, { reader, listed, gone }: InitialStart) {
    this.#parts = parts;
    this.#start = { listed, gone };
    this.#read = this.#readOf(reader);
  }

  /** Keeps nothing of the record until the next piece. */
  release(): void {
    this.#read = null;
  }

  /** The next lines, which may be none; null: there are no more objects. */
  async piece(): Promise<readonly string[] | null> {
    if (this.#hasAll) return null;
    const read = (this.#read ??= this.#readOf(await this.#parts.open()));
    return this.#parts.slices.run(() => this.#linesOf(read));
  }

  #linesOf({ reader, entries }: OpenRead): readonly string[] {
    const lines: string[] = [];
    let characters = 0;
    for (let objects = 0; objects < PIECE_OBJECTS; objects += 1) {
      if (lines.length >= PIECE_LINES || characters >= PIECE_CHARACTERS) return lines;
      const next = entries.next();
      if (next.done === true) return [...lines, ...this.#ended(reader)];
      const line = this.#isUnchanged(next.value) ? null : this.#lineOf(reader, next.value);
      if (line !== null) lines.push(line);
      characters += line?.length ?? 0;
    }
    return lines;
  }

  /** Whether an event of the object as it was at that version was sent, or of a later state. */
  hasSent(id: string, version: number): boolean {
    return version <= (this.#sent.get(id) ?? 0);
  }

  /** Whether the client has the object. @param before as it was before its next change */
  has(id: string, before: ObjectIdentity): boolean {
    const { selects } = this.#parts;
    if (this.#isForgotten || this.#sent.has(id)) return selects(before);
    return this.#start.listed?.has(id, selects) === true;
  }

  /** A change at that version is sent, or is not selected; null: the object is removed. */
  changed(id: string, version: number | null): void {
    if (this.#isForgotten) return;
    if (version === null) this.#sent.delete(id);
    else this.#sent.set(id, version);
  }

  /** The changes of the time of the initial events were sent: the versions are not needed any more. */
  forget(): void {
    this.#isForgotten = true;
    this.#sent.clear();
    this.#start = { listed: null, gone: [] };
  }

  #readOf(reader: Reader): OpenRead {
    return { reader, entries: this.#parts.feed.entries(reader)[Symbol.iterator]() };
  }

  /** It was sent, or is as the client has it from the list. */
  #isUnchanged({ id, stampOf }: FeedEntry): boolean {
    if (this.#sent.has(id)) return true;
    const { listed } = this.#start;
    if (listed === null || stampOf === null || !listed.hasStamp(id, stampOf())) return false;
    this.#sent.set(id, 0);
    return true;
  }

  /** null: for this client it is no change. */
  #lineOf(reader: Reader, { id: entryId, item }: FeedEntry): string | null {
    const { feed, lines, selects } = this.#parts;
    const { listed } = this.#start;
    const { id, object, version, isCurrent, seen } = feed.look(reader, item());
    const was = listed?.has(entryId, selects) === true;
    this.#sent.set(id, isCurrent ? version : 0);
    if (listed?.hasShown(id, seen.digest) === true) return null;
    const is = selects(seen.identity);
    if (!was && !is) return null;
    const type = was && is ? "MODIFIED" : was ? "DELETED" : "ADDED";
    return lines.event(type, textOf(object));
  }

  /** The last lines of a read. If a newer look has seen other objects, they need a new read. */
  #ended(reader: Reader): readonly string[] {
    const { log } = this.#parts.feed;
    this.#read = null;
    this.#hasAll = log.removeAllBut((id) => this.#sent.has(id), reader.world.order);
    return this.#hasAll ? this.#start.gone.flatMap((id) => this.#goneLine(id)) : [];
  }

  #goneLine(id: string): readonly string[] {
    const { feed, lines, selects } = this.#parts;
    const { listed } = this.#start;
    if (listed === null || this.#sent.has(id) || !listed.has(id, selects)) return [];
    const { apiVersion, kind, metadata } = listed.named(id);
    const resourceVersion = feed.format(feed.log.version);
    const text = JSON.stringify({ apiVersion, kind, metadata: { ...metadata, resourceVersion } });
    return [lines.event("DELETED", { text, isRemoved: true, rows: new Map(), resourceVersion })];
  }
}

function textOf(object: ApiObject<string>): Parameters<WatchLines["event"]>[1] {
  return {
    text: JSON.stringify(object),
    isRemoved: false,
    rows: new Map(),
    resourceVersion: object.metadata.resourceVersion ?? "",
  };
}
