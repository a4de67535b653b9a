import { useCallback, useEffect, useRef, useState } from "react";
import type { ApiList, ApiObject } from "../../api/object.ts";
import { onReadAgain } from "./resources.ts";
import { isExported, send, type RequestFailure } from "./transport.ts";

/** The permissions of more bindings than this are not read together: they would fill the memory of the browser. */
export const MOST_READ_TOGETHER = 1_000;

/** A long list that is read page by page: it costs the controller more than a list of rows. */
export interface PagedRead<Item> {
  /** Of one complete read, as soon as there was one: a newer read replaces them when it is complete. */
  readonly items: readonly Item[];
  readonly state: "reading" | "complete" | "failed";
  readonly remaining: number | null;
  /** Of the newest read; with the state `complete`, the items are of an earlier one. */
  readonly failed: RequestFailure | null;
  /** Of `performance.now()`: when the read of the items began; null: there are none. */
  readonly readMs: number | null;
  readonly readAgain: () => void;
}

type PagesState<Item> = Omit<PagedRead<Item>, "readAgain">;

const NOTHING = { items: [], state: "reading", remaining: null, failed: null, readMs: null } as const;

/** The list is read again soon after the watch reports a change, and every minute: not every change is one of a row. */
const EVERY_MS = 60_000;
const SOONEST_MS = 5_000;

export function useAllPages<Item extends ApiObject<string>>(path: string, page: number): PagedRead<Item> {
  const [state, setState] = useState<PagesState<Item>>(NOTHING);
  const reader = useRef<PagesReader<Item> | null>(null);
  useEffect(() => {
    setState(NOTHING);
    const own = new PagesReader<Item>({ path, page }, setState);
    reader.current = own;
    own.read();
    const forget = onReadAgain(() => own.readSoon());
    return () => {
      forget();
      own.close();
    };
  }, [path, page]);
  const readAgain = useCallback(() => reader.current?.read(), []);
  return { ...state, readAgain };
}

interface PagesOf {
  readonly path: string;
  readonly page: number;
}

/** Reads one list again and again, one read at a time. */
class PagesReader<Item extends ApiObject<string>> {
  readonly #pages: PagesOf;
  readonly #onState: (state: PagesState<Item>) => void;
  #state: PagesState<Item> = NOTHING;
  #startedMs = 0;
  #isReading = false;
  /** Something changed after the running read had begun. */
  #isOutdated = false;
  #isClosed = false;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(pages: PagesOf, onState: (state: PagesState<Item>) => void) {
    this.#pages = pages;
    this.#onState = onState;
  }

  read(): void {
    if (!this.#isReading && !this.#isClosed) void this.#read();
  }

  /** Many changes are one read. */
  readSoon(): void {
    if (this.#isReading) this.#isOutdated = true;
    else this.#readIn(Math.max(0, this.#startedMs + SOONEST_MS - performance.now()));
  }

  close(): void {
    this.#isClosed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #readIn(ms: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (!isExported() && !this.#isClosed) this.#timer = setTimeout(() => this.read(), ms);
  }

  async #read(): Promise<void> {
    this.#isReading = true;
    this.#isOutdated = false;
    this.#startedMs = performance.now();
    // The first list is shown while it is read; later ones change nothing before they are complete.
    const isFirst = this.#state.state !== "complete";
    const read = await readPages<Item>(this.#pages, this.#startedMs, (part) => {
      if (isFirst) this.#show(part);
      return this.#isClosed;
    });
    this.#isReading = false;
    if (!isFirst) this.#show(read.state === "failed" ? { ...this.#state, failed: read.failed } : read);
    this.#readIn(this.#isOutdated ? SOONEST_MS : EVERY_MS);
  }

  #show(state: PagesState<Item>): void {
    this.#state = state;
    if (!this.#isClosed) this.#onState(state);
  }
}

/** @param report is called after each page, and returns whether no one is interested any more */
async function readPages<Item extends ApiObject<string>>(
  { path, page }: PagesOf,
  startedMs: number,
  report: (state: PagesState<Item>) => boolean,
): Promise<PagesState<Item>> {
  let state: PagesState<Item> = NOTHING;
  let next: string | undefined;
  do {
    const query = new URLSearchParams({
      limit: String(page),
      ...(next === undefined ? {} : { continue: next }),
    });
    const answer = await send<ApiList<Item>>(`${path}?${query.toString()}`);
    if (answer.kind === "failed") {
      state = { ...state, state: "failed", remaining: null, failed: answer };
      report(state);
      return state;
    }
    const { items, metadata } = answer.value;
    next = metadata.continue;
    state = {
      items: [...state.items, ...items],
      state: next === undefined ? "complete" : "reading",
      remaining: metadata.remainingItemCount ?? 0,
      failed: null,
      readMs: startedMs,
    };
    if (report(state)) return state;
  } while (next !== undefined);
  return state;
}
