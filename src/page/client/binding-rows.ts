import { useSyncExternalStore } from "react";
import { isWatched, listStateOf, type ListState, type ListTimes } from "../view/list-state.ts";
import { withEvents, type RowSet } from "../view/live/row-set.ts";
import { areChanges, followedTo, hasGap } from "../view/live/followed.ts";
import type { RowEvent } from "../view/live/watch-events.ts";

import { listBindings, versionNow, type BindingListing } from "./live/listing.ts";
import { readAllAgainSoon } from "./resources.ts";
import { isExported } from "./transport.ts";
import { SharedWatch } from "./live/shared-watch.ts";

const LOOK_MS = 5_000;
const POLL_MS = 30_000;
const AGAIN_MS = 5_000;
/** A screen that lists all bindings does so before, and follows them from its list. */
const FOLLOW_AFTER_MS = 1_000;
/** Changes of this time are shown together. */
const TOGETHER_MS = 200;

export interface BindingRows extends Pick<BindingListing, "rows" | "notUnderstood" | "leftOut"> {
  readonly live: ListState;
}

const NOTHING: BindingRows = {
  rows: [],
  live: { kind: "loading", received: 0, remaining: null },
  notUnderstood: 0,
  leftOut: 0,
};

/** All bindings that the person sees: listed once, and then changed as the controller reports it. */
class BindingRowStore {
  #shown: BindingRows = NOTHING;
  /** null: a list is being read, or none was read. */
  #set: RowSet | null = null;
  /** Changes that were reported while the list was read. */
  #early: RowEvent[] = [];
  #times: ListTimes = { listedMs: null, aliveMs: null, lost: null };
  #isListing = false;
  #isPending = false;
  /** Some screen has asked for the list. */
  #isWanted = false;
  /** While no list is wanted: every change after this version is reported; null: not known. */
  #followed: string | null = null;
  /** The stream for which the list was read again, since it began after the list. */
  #gapAt: string | null = null;
  #watch: SharedWatch | null = null;
  readonly #listeners = new Set<() => void>();

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    if (!this.#isWanted) {
      this.#isWanted = true;
      if (!isExported()) this.#start();
      void this.load();
    }
    return () => this.#listeners.delete(listener);
  };

  readonly state = (): BindingRows => this.#shown;

  /** Without the list of all bindings: that something changed is a reason to read again what a screen shows. */
  follow(): void {
    if (isExported()) return;
    this.#start();
    setTimeout(() => void this.#follow(), FOLLOW_AFTER_MS);
  }

  async #follow(): Promise<void> {
    if (this.#isWanted || this.#followed !== null) return;
    const now = await versionNow();
    if (now.kind === "failed") {
      setTimeout(() => void this.#follow(), AGAIN_MS);
      return;
    }
    this.#followed = now.value;
    // Changes before this version were not reported.
    readAllAgainSoon();
  }

  /** For as long as the page is open: on the way back to the list it is as it is now. */
  #start(): void {
    if (this.#watch !== null) return;
    this.#watch = new SharedWatch({
      onEvents: (events) => this.#onEvents(events),
      onLost: (message) => this.#onLost(message),
      onAlive: (from) => this.#onAlive(from),
      version: () => this.#version(),
    });
    setInterval(() => this.#look(), LOOK_MS);
  }

  #version(): string | null {
    if (this.#isCut()) return null;
    return this.#isWanted ? (this.#set?.version ?? null) : this.#followed;
  }

  /** Of a list that was cut, changes of the other rows would be additions: it is read again and again. */
  #isCut(): boolean {
    return this.#set !== null && this.#shown.leftOut > 0;
  }

  readonly load = async (): Promise<void> => {
    if (this.#isListing) return;
    this.#isListing = true;
    this.#set = null;
    this.#early = [];
    const isFirst = this.#times.listedMs === null;
    const answer = await listBindings((part) => {
      if (isFirst)
        this.#show({
          ...part,
          live: { kind: "loading", received: part.rows.length, remaining: part.leftOut },
        });
    });
    this.#isListing = false;
    if (answer.kind === "failed") {
      const sinceMs = this.#times.lost?.sinceMs ?? this.#times.listedMs ?? performance.now();
      this.#times = { ...this.#times, lost: { sinceMs, reason: answer.message } };
      this.#show(this.#shown);
      setTimeout(() => void this.load(), AGAIN_MS);
      return;
    }
    const { rows, version, notUnderstood, leftOut } = answer.value;
    const aliveMs = leftOut > 0 ? null : this.#times.aliveMs;
    this.#times = { listedMs: performance.now(), aliveMs, lost: null };
    const listed = { rows: new Map(rows.map((row) => [row.key, row])), version };
    this.#set = leftOut > 0 ? listed : withEvents(listed, this.#early);
    this.#early = [];
    // Changes before this list were not reported.
    if (!isFirst) readAllAgainSoon();
    this.#show({ rows: [...this.#set.rows.values()], notUnderstood, leftOut, live: this.#shown.live });
  };

  #onEvents(events: readonly RowEvent[]): void {
    if (!this.#isWanted || this.#isCut()) {
      if (this.#followed !== null) this.#followed = followedTo(this.#followed, events);
      if (areChanges(events)) readAllAgainSoon();
      return;
    }
    if (this.#set === null) {
      this.#early.push(...events);
      return;
    }
    this.#set = withEvents(this.#set, events);
    if (this.#isPending || !areChanges(events)) return;
    this.#isPending = true;
    readAllAgainSoon();
    setTimeout(() => {
      this.#isPending = false;
      if (this.#set !== null) this.#show({ ...this.#shown, rows: [...this.#set.rows.values()] });
    }, TOGETHER_MS);
  }

  #onAlive(from: string): void {
    if (this.#isCut()) return;
    this.#times = { ...this.#times, aliveMs: performance.now() };
    if (this.#set !== null && this.#gapAt !== from && hasGap(this.#set.version, from)) {
      this.#gapAt = from;
      return void this.load();
    }
    if (this.#shown.live.kind !== "live") this.#show(this.#shown);
  }

  #onLost(reason: string): void {
    const lost = this.#times.lost ?? { sinceMs: performance.now(), reason };
    this.#times = { ...this.#times, aliveMs: null, lost };
    this.#show(this.#shown);
    if (this.#isWanted) return void this.load();
    this.#followed = null;
    void this.#follow();
  }

  /** The watch may have ended without a word: its tab was frozen, or no tab can watch. */
  #look(): void {
    if (this.#isListing || this.#set === null) return;
    const nowMs = performance.now();
    if (isWatched(this.#times, nowMs)) return;
    if (nowMs - (this.#times.listedMs ?? 0) >= POLL_MS) void this.load();
    else this.#show(this.#shown);
  }

  #liveState(): ListState | null {
    const state = listStateOf(this.#times, performance.now());
    return isExported() && state?.kind === "polled" ? { kind: "exported" } : state;
  }

  #show(shown: BindingRows): void {
    this.#shown = { ...shown, live: this.#liveState() ?? shown.live };
    for (const listener of this.#listeners) listener();
  }
}

const store = new BindingRowStore();

/** What a screen shows is read again soon after the controller reports a change, on every screen. */
export function followBindings(): void {
  store.follow();
}

export function useBindingRows(): BindingRows {
  return useSyncExternalStore(store.subscribe, store.state);
}

const unsubscribed = (): (() => void) => () => undefined;

/** The same, read once it is asked for. */
export function useBindingRowsWhen(isAsked: boolean): BindingRows {
  return useSyncExternalStore(isAsked ? store.subscribe : unsubscribed, store.state);
}

export function reloadBindingRows(): void {
  void store.load();
}
