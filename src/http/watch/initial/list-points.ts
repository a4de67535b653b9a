import type { Reader } from "../../request/reader.ts";
import { inSlices } from "../../request/slices.ts";
import type { FeedResource } from "../feed-resources.ts";
import type { FeedEntry } from "../stamps.ts";
import { ListPoint } from "./list-point.ts";

interface ListPointsParts {
  readonly clock: { readonly nowMs: () => number };
  readonly nextVersion: () => number;
  /** Counts what the controller has reported. */
  readonly changes: () => number;
  readonly open: () => Promise<Reader>;
  readonly entries: (reader: Reader) => Iterable<FeedEntry>;
}

const KEPT_POINTS = 16;
const KEPT_MS = 600_000;
/** Until then, lists share a state: a watch sends nothing twice that they have shown. So a long list has time for its pages. */
const SHARED_MS = 1_000;

/** The states at the last lists of a resource that no one watched. */
export class ListPoints {
  readonly #of: FeedResource;
  readonly #parts: ListPointsParts;
  #points: readonly ListPoint[] = [];
  #adding: Promise<void> | null = null;

  constructor(of: FeedResource, parts: ListPointsParts) {
    this.#of = of;
    this.#parts = parts;
  }

  /** The newest; undefined: there is none. */
  get last(): ListPoint | undefined {
    return this.#points.at(-1);
  }

  at(version: number): ListPoint | undefined {
    return this.#points.find((point) => point.version === version);
  }

  /** A state that is not newer than what is read from now on. */
  async recent(): Promise<ListPoint> {
    const wanted = this.#parts.changes();
    const sharedMs = this.#parts.clock.nowMs() - SHARED_MS;
    for (;;) {
      const { last } = this;
      if (last !== undefined && (last.changes >= wanted || last.atMs > sharedMs)) return last;
      this.#adding ??= this.#add().finally(() => (this.#adding = null));
      await this.#adding;
    }
  }

  async #add(): Promise<void> {
    const { clock, nextVersion, changes, open, entries } = this.#parts;
    const atMs = clock.nowMs();
    const point = new ListPoint(this.#of, { version: nextVersion(), changes: changes(), atMs });
    const { last } = this;
    for await (const { id, stampOf } of inSlices(entries(await open())))
      if (stampOf !== null) point.setStamp(id, stampOf(), last);
    const kept = this.#points.filter((one) => one.atMs > atMs - KEPT_MS);
    this.#points = [...kept, point].slice(-KEPT_POINTS);
  }
}
