import type { ApiObject } from "../../../api/object.ts";
import type { Reader } from "../../request/reader.ts";
import type { ObjectIdentity } from "../object-log.ts";
import type { ObservedObject, ResourceFeed } from "../resource-feed.ts";
import type { FeedEntry } from "../stamps.ts";
import type { SharedSlices } from "../shared-slices.ts";
import type { WatchLines } from "../watch-lines.ts";

export interface InitialParts {
  readonly feed: ResourceFeed;
  readonly lines: WatchLines;
  readonly selects: (object: ObjectIdentity) => boolean;
  /** A read of now. */
  readonly open: () => Promise<Reader>;
  readonly slices: SharedSlices;
}

interface OpenRead {
  readonly reader: Reader;
  readonly entries: Iterator<FeedEntry, void>;
}

/** Objects of one piece, so that also a client that takes a little now and then gets through all of them. */
const PIECE_OBJECTS = 20;
const PIECE_CHARACTERS = 65_536;

/**
 * An ADDED for each object that a client selects, in pieces. Between two of them the read may be released: a complete read
 * of the record has many megabytes, and a client may take as long as it likes.
 *
 *   reading ──release()──► released ──piece()──► reading (of a new read, without what was sent)
 */
export class InitialEvents {
  readonly #parts: InitialParts;
  /** By object: the version of its event. 0: a newer look knows it otherwise, and that change is sent too. */
  readonly #sent = new Map<string, number>();
  #isForgotten = false;
  #hasAll = false;
  #read: OpenRead | null;

  /** @param reader whose objects are sent, until it is released */
  constructor(parts: InitialParts, reader: Reader) {
    this.#parts = parts;
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
    for (let objects = 0; objects < PIECE_OBJECTS && characters < PIECE_CHARACTERS;) {
      const next = entries.next();
      if (next.done === true) {
        this.#hasAll = this.#isLast(reader);
        return lines;
      }
      const { id, item } = next.value;
      if (this.#sent.has(id)) continue;
      objects += 1;
      const line = this.#lineOf(this.#parts.feed.look(reader, item()));
      if (line !== null) lines.push(line);
      characters += line?.length ?? 0;
    }
    return lines;
  }

  /** Whether an event of the object as it was at that version was sent, or of a later state. */
  hasSent(id: string, version: number): boolean {
    return version <= (this.#sent.get(id) ?? 0);
  }

  /** Whether the object was sent as no look of the log has seen it. */
  isUncertain(id: string): boolean {
    return this.#sent.get(id) === 0;
  }

  /** Later events do not depend on the events that were sent. */
  get isForgotten(): boolean {
    return this.#isForgotten;
  }

  /** Whether an event of the object was sent before. */
  isKnown(id: string): boolean {
    return this.#isForgotten || this.#sent.has(id);
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
  }

  /** All objects of the read were sent. false: others exist since, and need a new read. */
  #isLast({ world }: Reader): boolean {
    this.#read = null;
    return this.#parts.feed.log.removeAllBut((id) => this.#sent.has(id), world.order);
  }

  #readOf(reader: Reader): OpenRead {
    return { reader, entries: this.#parts.feed.entries(reader)[Symbol.iterator]() };
  }

  /** null: the client does not select it. */
  #lineOf({ id, object, version, isCurrent }: ObservedObject): string | null {
    const { feed, lines, selects } = this.#parts;
    this.#sent.set(id, isCurrent ? version : 0);
    return selects(identityOf(feed, object)) ? lines.event("ADDED", textOf(object)) : null;
  }
}

function identityOf({ resource }: ResourceFeed, object: ApiObject<string>): ObjectIdentity {
  const fields = Object.fromEntries(resource.fields.map((field) => [field.path, field.read(object)]));
  return { apiVersion: object.apiVersion, kind: object.kind, metadata: object.metadata, fields };
}

function textOf(object: ApiObject<string>): Parameters<WatchLines["event"]>[1] {
  return {
    text: JSON.stringify(object),
    isRemoved: false,
    rows: new Map(),
    resourceVersion: object.metadata.resourceVersion ?? "",
  };
}
