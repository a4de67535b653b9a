import { watchRows, type WatchEnd } from "./watch-stream.ts";
import type { RowEvent } from "../../view/live/watch-events.ts";

/** What the tab with the watch reports to the others of the same browser. */
type WatchMessage =
  | { readonly kind: "events"; readonly events: readonly RowEvent[] }
  /** `from`: the stream has every change after this version. */
  | { readonly kind: "alive"; readonly from: string }
  | { readonly kind: "lost"; readonly message: string };

export interface SharedWatchParts {
  /** Changes, in their order; some may be in the list already. */
  readonly onEvents: (events: readonly RowEvent[]) => void;
  /** Changes may be missing: list again. */
  readonly onLost: (message: string) => void;
  /** A tab of this browser has an open watch, with every change after the version `from`. */
  readonly onAlive: (from: string) => void;
  /** The version up to which this tab has the changes; null: it knows none. */
  readonly version: () => string | null;
}

const LOCK = "grantkeeper-watch";
const ALIVE_MS = 5_000;
const AGAIN_MS = 1_000;

/**
 * One watch for all tabs of a browser: a browser opens six connections to a host, and each watch keeps one. The tab that has the
 * lock reads the stream, and sends what it reads to the others. When it is closed, the browser hands the lock to
 * another one, which continues from the version that it has: the server keeps the changes of some minutes.
 */
export class SharedWatch {
  readonly #parts: SharedWatchParts;
  readonly #channel = new BroadcastChannel(LOCK);
  readonly #closing = new AbortController();

  constructor(parts: SharedWatchParts) {
    this.#parts = parts;
    this.#channel.addEventListener("message", ({ data }: MessageEvent<WatchMessage>) => this.#receive(data));
    void this.#run();
  }

  close(): void {
    this.#closing.abort();
    this.#channel.close();
  }

  #receive(shared: WatchMessage): void {
    if (shared.kind === "lost") return this.#parts.onLost(shared.message);
    if (shared.kind === "alive") return this.#parts.onAlive(shared.from);
    this.#parts.onEvents(shared.events);
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    // Without a secure context there are no locks: then each tab has its own watch.
    if (!("locks" in navigator)) return this.#watch(signal);
    try {
      await navigator.locks.request(LOCK, { signal }, () => this.#watch(signal));
    } catch (cause) {
      if (!signal.aborted) throw cause;
    }
  }

  async #watch(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const version = this.#parts.version();
      const end: WatchEnd | null = version === null ? null : await this.#watchFrom(version, signal);
      if (signal.aborted) return;
      if (end?.kind === "lost") {
        this.#parts.onLost(end.message);
        this.#send({ kind: "lost", message: end.message });
      }
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }

  async #watchFrom(version: string, signal: AbortSignal): Promise<WatchEnd> {
    let alive: ReturnType<typeof setInterval> | null = null;
    const onOpen = (): void => {
      this.#reportAlive(version);
      alive = setInterval(() => this.#reportAlive(version), ALIVE_MS);
    };
    const onEvents = (events: readonly RowEvent[]): void => {
      this.#parts.onEvents(events);
      this.#send({ kind: "events", events });
    };
    const end = await watchRows(version, { onOpen, onEvents, signal });
    if (alive !== null) clearInterval(alive);
    return end;
  }

  #send(shared: WatchMessage): void {
    // A closed channel throws.
    if (this.#closing.signal.aborted) return;
    // eslint-disable-next-line unicorn/require-post-message-target-origin -- of windows: a channel is of one origin
    this.#channel.postMessage(shared);
  }

  #reportAlive(from: string): void {
    if (this.#closing.signal.aborted) return;
    this.#parts.onAlive(from);
    this.#send({ kind: "alive", from });
  }
}
