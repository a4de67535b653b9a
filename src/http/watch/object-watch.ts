import type { ApiObject } from "../../api/object.ts";
import type { Reader } from "../request/reader.ts";
import { inSlices } from "../request/slices.ts";
import { ApiFailure } from "../request/failure.ts";
import { idOf, type ObjectIdentity, type LoggedChange } from "./object-log.ts";
import type { ResourceFeed } from "./resource-feed.ts";
import type { WatchLines } from "./watch-lines.ts";
import type { WatchSource } from "./watch-source.ts";

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

/** A watch shows the objects as they are when it is opened, not when the client reads them. */
export async function openStart(
  start: WatchStart,
  { log }: ResourceFeed,
  open: () => Promise<Reader>,
): Promise<OpenStart> {
  if (start.kind === "after") return start;
  const { version } = log;
  return { kind: "objects", version, reader: await open() };
}

interface ObjectWatchParts {
  readonly feed: ResourceFeed;
  readonly lines: WatchLines;
  readonly selects: (object: ObjectIdentity) => boolean;
}

/** Changes of one turn: others share the process. */
const AT_A_TIME = 20;

/** The changes of one resource that a client selects, in the order in which they were seen. */
export class ObjectWatch implements WatchSource {
  readonly #parts: ObjectWatchParts;
  #reader: Reader | null;
  #version: number;
  /** By object: the version that an initial event had, until the changes of that time were sent. */
  readonly #sent = new Map<string, number>();
  #sentTo = 0;

  /** @throws ApiFailure Expired */
  constructor(parts: ObjectWatchParts, start: OpenStart) {
    this.#parts = parts;
    this.#version = start.version;
    this.#reader = start.kind === "objects" ? start.reader : null;
    if (parts.feed.log.after(this.#version, 1) === null) throw expired();
  }

  get resourceVersion(): string {
    return this.#parts.feed.format(Math.max(this.#version, 1));
  }

  async *initial(): AsyncGenerator<string, void> {
    const { feed, lines, selects } = this.#parts;
    const reader = this.#reader;
    if (reader === null) return;
    this.#reader = null;
    for await (const item of inSlices(feed.resource.objects(reader))) {
      const { object, version, isCurrent } = feed.look(reader, item);
      if (isCurrent) this.#sent.set(idOf(object), version);
      if (selects(identityOf(feed, object))) yield lines.event("ADDED", textOf(object));
    }
    this.#sentTo = feed.log.version;
    yield* this.#changesTo(this.#sentTo);
  }

  *#changesTo(version: number): Generator<string, void> {
    while (this.#version < version) {
      const found = this.take();
      if (found.length === 0) return;
      yield* found;
    }
  }

  /** @throws ApiFailure Expired: the client is so slow that changes were lost */
  take(): readonly string[] {
    const changes = this.#parts.feed.log.after(this.#version, AT_A_TIME);
    if (changes === null) throw expired();
    const lines = changes.flatMap((change) => this.#lineOf(change));
    this.#version = changes.at(-1)?.version ?? this.#version;
    if (this.#version >= this.#sentTo) this.#sent.clear();
    // Changes that it does not select are no end of the changes.
    return lines.length === 0 && changes.length === AT_A_TIME ? this.take() : lines;
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

  #lineOf({ version, type, before, after, text, rows }: LoggedChange): readonly string[] {
    const { feed, lines, selects } = this.#parts;
    const named = after ?? before;
    if (named !== null && version <= (this.#sent.get(idOf(named)) ?? 0)) return [];
    const was = before !== null && selects(before);
    const is = after !== null && selects(after);
    if (!was && !is) return [];
    const shown = was && is ? type : was ? "DELETED" : "ADDED";
    return [
      lines.event(shown, { text, rows, isRemoved: after === null, resourceVersion: feed.format(version) }),
    ];
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

export function expired(): ApiFailure {
  return new ApiFailure(
    "Expired",
    "too old resource version: the changes since then are not kept; list again",
  );
}
