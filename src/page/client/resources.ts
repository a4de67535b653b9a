import { useMemo, useSyncExternalStore } from "react";
import { isExported, send, type RequestFailure } from "./transport.ts";

/** What is known of a resource. Old data stays while newer reads fail, with the failure. */
export interface WatchedResource<Value> {
  /** null: never read. */
  readonly value: Value | null;
  /** Of the page's clock, `performance.now()`; null: never read. */
  readonly readMs: number | null;
  /** Of the last read; null: it succeeded, or there was none yet. */
  readonly failed: RequestFailure | null;
}

const NEVER: WatchedResource<never> = { value: null, readMs: null, failed: null };

/** Reads one resource again and again while a part of the page shows it. */
class Watched {
  resource: WatchedResource<unknown> = NEVER;
  readonly #path: string;
  readonly #everyMs: number;
  readonly #listeners = new Set<() => void>();
  #timer: ReturnType<typeof setTimeout> | null = null;
  #reading: Promise<void> | null = null;

  constructor(path: string, everyMs: number) {
    this.#path = path;
    this.#everyMs = everyMs;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    if (this.#listeners.size === 1) void this.read();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0 && this.#timer !== null) clearTimeout(this.#timer);
    };
  };

  get isShown(): boolean {
    return this.#listeners.size > 0;
  }

  /** One read at a time: what asks meanwhile gets the running one. */
  read(): Promise<void> {
    this.#reading ??= this.#read().finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  async #read(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    const answer = await send<unknown>(this.#path);
    this.resource =
      answer.kind === "ok"
        ? { value: answer.value, readMs: performance.now(), failed: null }
        : { ...this.resource, failed: answer };
    for (const listener of this.#listeners) listener();
    if (this.#listeners.size > 0 && !isExported())
      this.#timer = setTimeout(() => void this.read(), this.#everyMs);
  }
}

const watched = new Map<string, Watched>();
const EVERY_MS = 10_000;

function watchedOf(path: string, everyMs: number): Watched {
  const known = watched.get(path) ?? new Watched(path, everyMs);
  watched.set(path, known);
  return known;
}

/** The resource at a path, read again every 10 seconds while it is shown. */
export function useResource<Value>(
  path: string,
  everyMs = EVERY_MS,
): WatchedResource<Value> & { readonly readAgain: () => void } {
  const { subscribe, current, readAgain } = useMemo(() => {
    const one = watchedOf(path, everyMs);
    return { subscribe: one.subscribe, current: () => one.resource, readAgain: () => void one.read() };
  }, [path, everyMs]);
  const resource = useSyncExternalStore(subscribe, current) as WatchedResource<Value>;
  return { ...resource, readAgain };
}

const others = new Set<() => void>();

/** What is read in another way than `useResource` hears when it is time to read again. @returns the end of it */
export function onReadAgain(listener: () => void): () => void {
  others.add(listener);
  return () => others.delete(listener);
}

/** After an action or a new sign-in: what is shown is read again now. */
export function readAllAgain(): void {
  for (const one of watched.values()) if (one.isShown) void one.read();
  for (const listener of others) listener();
}

const SOON_MS = 2_000;
let isSoon = false;

/** After changes were reported: once for all that are reported together. */
export function readAllAgainSoon(): void {
  if (isSoon) return;
  isSoon = true;
  setTimeout(() => {
    isSoon = false;
    readAllAgain();
  }, SOON_MS);
}
