import type { CoreEventObject } from "../../api/kubernetes/core.ts";
import type { EventLog, LoggedEvent } from "./event-log.ts";
import { expired, type WatchStart } from "./object-watch.ts";
import type { WatchLines } from "./watch-lines.ts";
import type { WatchSource } from "./watch-stream.ts";

interface EventWatchParts {
  readonly log: EventLog;
  readonly lines: WatchLines;
  readonly selects: (event: CoreEventObject) => boolean;
  /** The events that a list has now, newest first. */
  readonly list: () => Promise<readonly CoreEventObject[]>;
}

/** The events of the objects that a client selects. An event never changes. */
export class EventWatch implements WatchSource {
  readonly #parts: EventWatchParts;
  #version: number;

  /** @throws ApiFailure Expired */
  constructor(parts: EventWatchParts, start: WatchStart) {
    this.#parts = parts;
    this.#version = start.kind === "after" ? start.version : parts.log.version;
    if (parts.log.after(this.#version) === null) throw expired();
  }

  async *initial(): AsyncGenerator<string, void> {
    const { log, list } = this.#parts;
    await log.look();
    this.#version = log.version;
    const resourceVersion = log.format(this.#version);
    for (const event of (await list()).toReversed()) yield this.#line(event, resourceVersion);
  }

  /** The newest events are few, and are not of the record. */
  release(): void {}

  /** @throws ApiFailure Expired */
  take(): string {
    const { log } = this.#parts;
    const found = log.after(this.#version);
    if (found === null) throw expired();
    this.#version = found.at(-1)?.version ?? this.#version;
    return found.map((one) => this.#lineOf(one)).join("");
  }

  onceChanged(listener: () => void): () => void {
    return this.#parts.log.onceChanged(listener);
  }

  bookmark(isInitialEnd: boolean): string {
    return this.#parts.lines.bookmark(this.#parts.log.format(this.#version), isInitialEnd);
  }

  /** "": the client does not select it. */
  #lineOf({ version, candidates }: LoggedEvent): string {
    const event = candidates.find((one) => this.#parts.selects(one));
    return event === undefined ? "" : this.#line(event, this.#parts.log.format(version));
  }

  #line(event: CoreEventObject, resourceVersion: string): string {
    const object = { ...event, metadata: { ...event.metadata, resourceVersion } };
    const text = JSON.stringify(object);
    return this.#parts.lines.event("ADDED", { text, isRemoved: false, resourceVersion, rows: new Map() });
  }
}
