import type { ServerResponse } from "node:http";
import { ApiFailure } from "../request/failure.ts";
import type { SharedSlices } from "./shared-slices.ts";
import { errorLine } from "./watch-lines.ts";

export interface StreamOptions {
  readonly hasInitial: boolean;
  readonly hasInitialEnd: boolean;
  readonly hasBookmarks: boolean;
  readonly bookmarkMs: number;
  /** How often an idle watch asks whether it may go on. */
  readonly checkMs: number;
  /** The source of a client that takes nothing for this time keeps nothing large. */
  readonly stalledMs: number;
  /** A client that takes nothing for this time is dropped. */
  readonly slowMs: number;
  /** Of all watches. */
  readonly slices: SharedSlices;
  /** Whether the client may go on; asked before events are sent. */
  readonly mayContinue: () => Promise<boolean>;
}

/** Sends the source to the client until one of them ends, or the signal aborts. Never throws. */
export async function streamWatch(
  source: WatchSource,
  { response, options }: { readonly response: ServerResponse; readonly options: StreamOptions },
  stop: AbortSignal,
): Promise<void> {
  const closed = new AbortController();
  response.once("close", () => closed.abort());
  const end = AbortSignal.any([stop, closed.signal]);
  const write = (line: SentLines): Promise<boolean> =>
    writeLine(response, line, { ...options, onStalled: () => source.release() });
  try {
    const last = await events(source, { write, options }, end);
    if (last !== null) await write(last);
  } catch (cause) {
    if (!(cause instanceof ApiFailure)) response.destroy();
    else await write(errorLine(cause));
  }
  if (!response.destroyed) response.end();
}

/** Lines as text, or as bytes that other watches send too. */
export type SentLines = string | Uint8Array;

interface Sending {
  readonly write: (lines: SentLines) => Promise<boolean>;
  readonly options: StreamOptions;
}

/** @returns the last line; null: the connection ended, or there is none */
async function events(
  source: WatchSource,
  { write, options }: Sending,
  end: AbortSignal,
): Promise<string | null> {
  const { hasInitial, hasInitialEnd, hasBookmarks, mayContinue } = options;
  const isOver = async (): Promise<boolean> => end.aborted || !(await mayContinue());
  if (hasInitial)
    for await (const line of source.initial()) if ((await isOver()) || !(await write(line))) return null;
  if (hasInitialEnd && !(await write(source.bookmark(true)))) return null;
  let bookmarkDueMs = performance.now() + options.bookmarkMs;
  for (;;) {
    if (!(await mayContinue())) return null;
    // A fast client keeps neither the controller nor other clients waiting.
    const changes = await options.slices.run(() => source.take());
    if (changes.length > 0 && !(await write(changes))) return null;
    if (end.aborted) return hasBookmarks ? source.bookmark(false) : null;
    if (hasBookmarks && performance.now() >= bookmarkDueMs) {
      bookmarkDueMs = performance.now() + options.bookmarkMs;
      if (!(await write(source.bookmark(false)))) return null;
    }
    if (changes.length === 0) await changeWithin(source, Math.min(options.checkMs, options.bookmarkMs), end);
  }
}

/** Waits until something has changed, at most that long. */
async function changeWithin(source: WatchSource, withinMs: number, end: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, withinMs);
  const onEnd = (): void => resolve();
  end.addEventListener("abort", onEnd, { once: true });
  const unsubscribe = source.onceChanged(onEnd);
  await promise;
  clearTimeout(timer);
  end.removeEventListener("abort", onEnd);
  unsubscribe();
}

interface WaitOptions extends Pick<StreamOptions, "slices" | "stalledMs" | "slowMs"> {
  readonly onStalled: () => void;
}

/** Node gives it to the system after all work of the turn, and so after many slices' worth; here the slice includes it. */
function written(response: ServerResponse, line: SentLines): boolean {
  const isBuffered = response.write(line);
  response.socket?.uncork();
  return isBuffered;
}

/** Waits until the client has taken what was written before. false: the connection ended, or the client is too slow. */
async function writeLine(response: ServerResponse, line: SentLines, waiting: WaitOptions): Promise<boolean> {
  const isOpen = (): boolean => !response.destroyed && !response.writableEnded;
  const isBuffered = await waiting.slices.run(() => isOpen() && written(response, line));
  if (!isOpen() || isBuffered) return isOpen();
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const onDrain = (): void => resolve(true);
  const onLost = (): void => resolve(false);
  const stalled = setTimeout(waiting.onStalled, waiting.stalledMs);
  const timer = setTimeout(onLost, waiting.slowMs);
  response.once("drain", onDrain).once("close", onLost);
  const isDrained = await promise;
  clearTimeout(stalled);
  clearTimeout(timer);
  response.off("drain", onDrain).off("close", onLost);
  if (!isDrained) response.destroy();
  return isDrained;
}

/** What a watch sends, in lines. */
export interface WatchSource {
  /** Events of what exists. */
  initial(): AsyncGenerator<SentLines, void>;
  /** The client keeps it waiting: it keeps nothing large until more is asked of it. */
  release(): void;
  /** The next changes; empty: there are none yet. @throws ApiFailure Expired */
  take(): SentLines;
  /** Calls the listener once, as soon as there may be more. @returns a function that ends the wait */
  onceChanged(listener: () => void): () => void;
  bookmark(isInitialEnd: boolean): string;
}
