import type { ApiObject, ObjectMeta } from "../../api/object.ts";
import type { VersionClock } from "./version-clock.ts";

export type ChangeType = "ADDED" | "MODIFIED" | "DELETED";

/** What is kept of an object: what names and selects it, without its content. */
export interface ObjectIdentity extends Pick<ApiObject<string>, "kind"> {
  readonly apiVersion: string;
  readonly metadata: ObjectMeta;
  /** The values of the fields by which objects of its resource can be selected, by path. */
  readonly fields: Readonly<Record<string, string>>;
}

export interface LoggedChange {
  readonly version: number;
  readonly type: ChangeType;
  /** null: it was not there. */
  readonly before: ObjectIdentity | null;
  /** null: it is not there any more. */
  readonly after: ObjectIdentity | null;
  /** Whether its row in a table differs from the one before, or its metadata do. */
  readonly isVisible: boolean;
  /** The object as JSON; of a removed one what names it. */
  readonly text: string;
  /** Rows of tables made from it, which its readers share. */
  readonly rows: Map<string, string>;
  readonly atMs: number;
}

/** One look at an object. */
export interface SeenObject {
  readonly identity: ObjectIdentity;
  /** Digest of all that counts as a change. */
  readonly digest: string;
  /** Digest of what its row in a table shows, and of its metadata. */
  readonly row: string;
  /** The object as JSON, at that resourceVersion. */
  readonly text: (resourceVersion: string) => string;
}

/** @see ObjectLog.observe */
export interface ObservedVersion {
  /** Of the object: the same text at each look, which its readers share. */
  readonly id: string;
  readonly version: number;
  /** false: a newer look has seen it otherwise, or not at all. */
  readonly isCurrent: boolean;
}

interface KnownObject {
  readonly id: string;
  /** "": each look is a change. */
  digest: string;
  row: string;
  readonly version: number;
  readonly identity: ObjectIdentity;
  order: number;
  /** An object that is computed from this has the digest; null: not known. */
  stamp: string | null;
}

const NOTIFY_MS = 20;
const KEPT_CHANGES = 10_000;
const KEPT_MS = 600_000;
/** Characters of all kept changes: those of ten thousand bindings. */
const KEPT_CHARACTERS = 48_000_000;

/**
 * The objects of one resource as one view sees them, with their changes of the last minutes. Looks at objects may overlap:
 * each has an order, and an older look changes nothing that a newer one has seen.
 *
 *   partial (single objects are known) ──completed()──► complete (what is unknown does not exist)
 */
export class ObjectLog {
  readonly #clock: VersionClock;
  readonly #nowMs: () => number;
  readonly #known = new Map<string, KnownObject>();
  readonly #listeners = new Set<() => void>();
  #changes: LoggedChange[] = [];
  #dropped = 0;
  /** Changes that are not in the list any more. */
  #forgotten = 0;
  #isNotifying = false;
  #characters = 0;
  #version: number;
  #oldest: number;
  /** The order of the last look at all objects; null: there was none. */
  #complete: number | null = null;

  constructor(clock: VersionClock, nowMs: () => number) {
    this.#clock = clock;
    this.#nowMs = nowMs;
    this.#version = clock.next();
    this.#oldest = this.#version;
  }

  /** Of its newest change. */
  get version(): number {
    return this.#version;
  }

  get isComplete(): boolean {
    return this.#complete !== null;
  }

  /** The version of the object as it was seen, which is new if it has changed. */
  observe(seen: SeenObject, order: number): ObservedVersion {
    const id = watchedId(seen.identity);
    const entry = this.#known.get(id);
    if (entry === undefined && order < (this.#complete ?? 0))
      return { id, version: this.#version, isCurrent: false };
    if (entry?.digest === seen.digest) {
      entry.order = Math.max(entry.order, order);
      return { id: entry.id, version: entry.version, isCurrent: true };
    }
    if (entry !== undefined && entry.order > order)
      return { id: entry.id, version: entry.version, isCurrent: false };
    const changedId = entry?.id ?? id;
    return { id: changedId, version: this.#changed(changedId, seen, order), isCurrent: true };
  }

  /** A client has a state of the object that is not the newest, and that no change may follow: the next look at it is one. */
  distrust(id: string): void {
    const entry = this.#known.get(id);
    if (entry !== undefined) Object.assign(entry, { digest: "", row: "", stamp: null });
  }

  /** Whether the object need not be looked at: it is computed from the same as before. */
  hasStamp(id: string, { stamp, order }: { readonly stamp: string; readonly order: number }): boolean {
    const entry = this.#known.get(id);
    if (entry?.stamp !== stamp) return false;
    entry.order = Math.max(entry.order, order);
    return true;
  }

  /** The object was just looked at, and is computed from this. */
  setStamp(id: string, stamp: string): void {
    const entry = this.#known.get(id);
    if (entry !== undefined) entry.stamp = stamp;
  }

  /** All objects were looked at: those that are not among them are removed. */
  completed(seen: ReadonlySet<string>, order: number): void {
    for (const [id, known] of this.#known)
      if (!seen.has(id) && known.order < order) this.#removed(id, known.identity);
    // A version from before knows nothing of objects that were not looked at, also if none has changed since.
    if (this.#complete === null) this.#oldest = this.#next();
    this.#complete = Math.max(this.#complete ?? 0, order);
    this.forgetOld();
  }

  #changed(id: string, { identity, digest, row, text }: SeenObject, order: number): number {
    const entry = this.#known.get(id);
    const before = entry?.identity ?? null;
    // Until all objects were seen once, none of them is a change.
    const version = this.#complete === null && before === null ? this.#version : this.#next();
    this.#known.set(id, { id, digest, row, version, identity, order, stamp: null });
    if (this.#complete === null) return version;
    const type = before === null ? "ADDED" : "MODIFIED";
    const isVisible = entry?.row !== row;
    this.#append({
      version,
      type,
      before,
      after: identity,
      isVisible,
      text: text(this.#clock.format(version)),
    });
    return version;
  }

  #removed(id: string, identity: ObjectIdentity): void {
    this.#known.delete(id);
    const version = this.#next();
    if (this.#complete === null) return;
    const { apiVersion, kind, metadata } = identity;
    const resourceVersion = this.#clock.format(version);
    const text = JSON.stringify({ apiVersion, kind, metadata: { ...metadata, resourceVersion } });
    this.#append({ version, type: "DELETED", before: identity, after: null, isVisible: true, text });
  }

  /** All objects of a read are among the seen ones. @returns false: a newer look has seen others too */
  removeAllBut(isSeen: (id: string) => boolean, order: number): boolean {
    const unseen = this.#known
      .values()
      .filter(({ id }) => !isSeen(id))
      .toArray();
    for (const entry of unseen) if (entry.order < order) this.#removed(entry.id, entry.identity);
    return unseen.every((known) => known.order < order);
  }

  /**
   * The changes after the version, oldest first, at most so many. They end where those of other readers do, so that readers
   * which began at different versions go on together. null: some of them are not kept any more.
   */
  after(version: number, limit: number): readonly LoggedChange[] | null {
    if (version < this.#oldest || this.#complete === null) return null;
    let from = 0;
    let to = this.#changes.length;
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((this.#changes[middle]?.version ?? 0) <= version) from = middle + 1;
      else to = middle;
    }
    const first = Math.max(from, this.#dropped);
    return this.#changes.slice(first, first + limit - ((this.#forgotten + first) % limit));
  }

  /** Changes are kept for a time, up to a number and a size. */
  forgetOld(): void {
    const beforeMs = this.#nowMs() - KEPT_MS;
    for (;;) {
      const oldest = this.#changes[this.#dropped];
      if (oldest === undefined) break;
      const count = this.#changes.length - this.#dropped;
      const isKept = count <= KEPT_CHANGES && this.#characters <= KEPT_CHARACTERS && oldest.atMs >= beforeMs;
      if (isKept) break;
      this.#dropped += 1;
      this.#characters -= oldest.text.length;
      this.#oldest = oldest.version;
    }
    if (this.#dropped < 1_000 && this.#dropped < this.#changes.length) return;
    this.#forgotten += this.#dropped;
    this.#changes = this.#changes.slice(this.#dropped);
    this.#dropped = 0;
  }

  /** Calls it once, at the next change. @returns a function that ends the wait */
  onceChanged(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #next(): number {
    this.#version = this.#clock.next();
    return this.#version;
  }

  #append(change: Omit<LoggedChange, "atMs" | "rows">): void {
    this.#changes.push({ ...change, rows: new Map(), atMs: this.#nowMs() });
    this.#characters += change.text.length;
    this.forgetOld();
    if (this.#isNotifying) return;
    this.#isNotifying = true;
    setTimeout(() => this.#notify(), NOTIFY_MS).unref();
  }

  /** A look finds many changes one after the other: its listeners are not called for each of them. */
  #notify(): void {
    this.#isNotifying = false;
    const waiting = [...this.#listeners];
    this.#listeners.clear();
    for (const listener of waiting) listener();
  }
}

export function watchedId({ metadata }: Pick<ObjectIdentity, "metadata">): string {
  return `${metadata.namespace ?? ""}/${metadata.name}`;
}
