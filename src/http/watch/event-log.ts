import type { CoreEventObject } from "../../api/kubernetes/core.ts";
import type { Control } from "../../controller/ports/control.ts";
import type { Access } from "../access/access.ts";
import { eventCandidates } from "../kubernetes/core-events.ts";
import { visibleEntry, type Entry } from "../present/events.ts";
import type { FeedParts } from "./resource-feed.ts";

export interface EventLogParts extends FeedParts {
  readonly control: Pick<Control, "history" | "keyView">;
  readonly access: Access;
}

export interface LoggedEvent {
  readonly version: number;
  /** The same event about its document and about its binding: a selector takes the first that it selects. */
  readonly candidates: readonly CoreEventObject[];
}

const KEPT = 10_000;
const PAGE = 250;
/** Entries since the last look that are read at most: after more, clients list again. */
const READ_AT_MOST = 5_000;

/** The new audit entries that one view sees, as events of a cluster. */
export class EventLog {
  readonly #parts: EventLogParts;
  readonly #listeners = new Set<() => void>();
  #events: LoggedEvent[] = [];
  /** The newest entry that was looked at; null: none was. */
  #newestSeq: number | null = null;
  #version: number;
  #oldest: number;
  #looking: Promise<void> | null = null;
  watches = 0;

  constructor(parts: EventLogParts) {
    this.#parts = parts;
    this.#version = parts.versions.next();
    this.#oldest = this.#version;
  }

  get version(): number {
    return this.#version;
  }

  /** 0: nothing was looked at. */
  get newestSeq(): number {
    return this.#newestSeq ?? 0;
  }

  format(version: number): string {
    return this.#parts.versions.format(version);
  }

  parse(text: string): number | null {
    return this.#parts.versions.parse(text);
  }

  /** Looks at the entries since the last look; the first look begins with the newest one. */
  async look(): Promise<void> {
    // A look that has begun may have missed the newest entry.
    await this.#looking;
    this.#looking ??= this.#lookOnce().finally(() => (this.#looking = null));
    await this.#looking;
  }

  /** The events after the version, oldest first; null: some of them are not kept. */
  after(version: number): readonly LoggedEvent[] | null {
    if (version < this.#oldest || this.#newestSeq === null) return null;
    return this.#events.filter((event) => event.version > version);
  }

  onceChanged(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async #lookOnce(): Promise<void> {
    const entries = await this.#newEntries();
    const newest = entries[0]?.seq ?? this.#newestSeq ?? 0;
    const isFirst = this.#newestSeq === null;
    this.#newestSeq = newest;
    if (isFirst) return;
    if (entries.length >= READ_AT_MOST) return this.#forget();
    await this.#append(entries.toReversed());
  }

  /** Newest first. */
  async #newEntries(): Promise<readonly Entry[]> {
    const since = this.#newestSeq;
    const found: Entry[] = [];
    let before: number | null = null;
    while (found.length < READ_AT_MOST) {
      const request = { key: null, namespace: null, before, limit: since === null ? 1 : PAGE };
      const { entries, next } = await this.#parts.control.history(request);
      found.push(...entries.filter(({ seq }) => seq > (since ?? 0)));
      if (since === null || next === null || (entries.at(-1)?.seq ?? 0) <= since) break;
      before = next;
    }
    return found;
  }

  #forget(): void {
    this.#events = [];
    this.#version = this.#parts.versions.next();
    this.#oldest = this.#version;
    this.#notify();
  }

  async #append(entries: readonly Entry[]): Promise<void> {
    if (entries.length === 0) return;
    const { control, access } = this.#parts;
    const reader = await this.#parts.open();
    for (const entry of entries) {
      const visible = visibleEntry({ control, access }, entry);
      if (visible === null) continue;
      for (const candidates of eventCandidates(reader, visible)) {
        this.#version = this.#parts.versions.next();
        this.#events.push({ version: this.#version, candidates });
      }
    }
    const dropped = this.#events.splice(0, Math.max(0, this.#events.length - KEPT));
    this.#oldest = dropped.at(-1)?.version ?? this.#oldest;
    this.#notify();
  }

  #notify(): void {
    const waiting = [...this.#listeners];
    this.#listeners.clear();
    for (const listener of waiting) listener();
  }
}
