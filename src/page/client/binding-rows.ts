import { useSyncExternalStore } from "react";
import type { TableObject } from "../../api/kubernetes/table.ts";
import { BASE_PATH } from "../../api/group.ts";
import type { ListState } from "../view/list-state.ts";
import { rowsOfTable, type BindingRow } from "../view/rows.ts";
import { send, TABLE, type Answered } from "./transport.ts";

const PAGE = 1_000;
/** More rows than this are not loaded: a namespace must be chosen first. */
export const MOST_ROWS = 20_000;
const EVERY_MS = 10_000;
/** A list of many rows costs the controller more. */
const LONG_LIST = 2_000;
const EVERY_MS_OF_LONG = 30_000;

export interface BindingRows {
  readonly rows: readonly BindingRow[];
  readonly live: ListState;
  /** Rows that this version of the page does not understand. */
  readonly notUnderstood: number;
  /** Rows that were not loaded, because there are too many. */
  readonly leftOut: number;
}

interface Loaded {
  readonly rows: readonly BindingRow[];
  readonly notUnderstood: number;
  readonly leftOut: number;
}

/** All bindings that the person sees, read in pages and kept current while a screen shows them. */
class BindingRowStore {
  #state: BindingRows = NOTHING;
  readonly #listeners = new Set<() => void>();
  #timer: ReturnType<typeof setTimeout> | null = null;
  #isLoading = false;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    if (this.#listeners.size === 1) void this.load();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0 && this.#timer !== null) clearTimeout(this.#timer);
    };
  };

  readonly state = (): BindingRows => this.#state;

  readonly load = async (): Promise<void> => {
    if (this.#isLoading) return;
    this.#isLoading = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    const loaded = await this.#pages();
    this.#isLoading = false;
    const readMs = performance.now();
    if (loaded.kind === "ok") this.#become({ ...loaded.value, live: { kind: "polled", readMs } });
    else
      this.#become({
        ...this.#state,
        live: { kind: "stopped", sinceMs: this.#readMs(), reason: loaded.message },
      });
    if (this.#listeners.size > 0) this.#timer = setTimeout(() => void this.load(), this.#everyMs());
  };

  #everyMs(): number {
    return this.#state.rows.length > LONG_LIST ? EVERY_MS_OF_LONG : EVERY_MS;
  }

  /** When the shown rows were read; null: there are none. */
  #readMs(): number | null {
    const { live } = this.#state;
    if (live.kind === "polled") return live.readMs;
    return live.kind === "stopped" ? live.sinceMs : null;
  }

  /** A list is shown while its first load goes on; later loads replace it as one. */
  async #pages(): Promise<Answered<Loaded>> {
    const isFirst = this.#readMs() === null;
    let loaded: Loaded = { rows: [], notUnderstood: 0, leftOut: 0 };
    let next: string | undefined;
    do {
      const query = new URLSearchParams({
        limit: String(PAGE),
        ...(next === undefined ? {} : { continue: next }),
      });
      const answer = await send<TableObject>(`${BASE_PATH}/bindings?${query.toString()}`, { accept: TABLE });
      if (answer.kind === "failed") return answer;
      const page = rowsOfTable(answer.value, performance.now());
      const remaining = answer.value.metadata.remainingItemCount ?? 0;
      loaded = {
        rows: [...loaded.rows, ...page.rows],
        notUnderstood: loaded.notUnderstood + page.notUnderstood,
        leftOut: remaining,
      };
      if (isFirst)
        this.#become({ ...loaded, live: { kind: "loading", received: loaded.rows.length, remaining } });
      next = answer.value.metadata.continue;
    } while (next !== undefined && loaded.rows.length < MOST_ROWS);
    return { kind: "ok", value: loaded };
  }

  #become(state: BindingRows): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}

const NOTHING: BindingRows = {
  rows: [],
  live: { kind: "loading", received: 0, remaining: null },
  notUnderstood: 0,
  leftOut: 0,
};

const store = new BindingRowStore();

export function useBindingRows(): BindingRows {
  return useSyncExternalStore(store.subscribe, store.state);
}

export const reloadBindingRows = store.load;
