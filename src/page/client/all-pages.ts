import { useCallback, useEffect, useRef, useState } from "react";
import type { ApiList, ApiObject } from "../../api/object.ts";
import { send, type RequestFailure } from "./transport.ts";

/** The permissions of more bindings than this are not read together: they would fill the memory of the browser. */
export const MOST_READ_TOGETHER = 1_000;

/** A long list that is read once, page by page, on request: it costs the controller more than a list of rows. */
export interface PagedRead<Item> {
  readonly items: readonly Item[];
  readonly state: "reading" | "complete" | "failed";
  readonly remaining: number | null;
  readonly failed: RequestFailure | null;
  /** Of `performance.now()`: when the last page was read; null: none was. */
  readonly readMs: number | null;
  readonly readAgain: () => void;
}

const NOTHING = { items: [], state: "reading", remaining: null, failed: null, readMs: null } as const;

type PagesState<Item> = Omit<PagedRead<Item>, "readAgain">;

export function useAllPages<Item extends ApiObject<string>>(path: string, page: number): PagedRead<Item> {
  const [state, setState] = useState<PagesState<Item>>(NOTHING);
  const running = useRef<AbortController | null>(null);
  const readAgain = useCallback(() => {
    running.current?.abort();
    const own = new AbortController();
    running.current = own;
    void readPages<Item>(path, page, (next) => {
      if (!own.signal.aborted) setState(next);
      return own.signal.aborted;
    });
  }, [path, page]);
  useEffect(() => {
    setState(NOTHING);
    readAgain();
    return () => running.current?.abort();
  }, [readAgain]);
  return { ...state, readAgain };
}

/** @param report returns whether no one is interested any more */
async function readPages<Item extends ApiObject<string>>(
  path: string,
  page: number,
  report: (state: PagesState<Item>) => boolean,
): Promise<void> {
  let items: readonly Item[] = [];
  let next: string | undefined;
  do {
    const query = new URLSearchParams({
      limit: String(page),
      ...(next === undefined ? {} : { continue: next }),
    });
    const answer = await send<ApiList<Item>>(`${path}?${query.toString()}`);
    const readMs = performance.now();
    if (answer.kind === "failed") {
      report({
        items,
        state: "failed",
        remaining: null,
        failed: answer,
        readMs: items.length === 0 ? null : readMs,
      });
      return;
    }
    items = [...items, ...answer.value.items];
    next = answer.value.metadata.continue;
    const remaining = answer.value.metadata.remainingItemCount ?? 0;
    const state = next === undefined ? "complete" : "reading";
    if (report({ items, state, remaining, failed: null, readMs })) return;
  } while (next !== undefined);
}
