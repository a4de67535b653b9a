import { useSyncExternalStore } from "react";

const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener("popstate", listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("popstate", listener);
  };
}

/** The path below which a controller serves the page. */
const BASE = "/ui";
let isInHash = false;

/** Keeps the addresses of an exported site behind a `#`, because a file has only one path. */
export function keepAddressInHash(): void {
  isInHash = true;
}

/** The address of a place of the page, for a link. */
export function hrefOf(to: string): string {
  return isInHash ? `#${to.slice(BASE.length)}` : to;
}

const here = (): string =>
  isInHash ? `${BASE}${location.hash.slice(1)}` : `${location.pathname}${location.search}`;

/** The path and the query of the browser. */
export function useLocation(): { readonly path: string; readonly query: URLSearchParams } {
  const text = useSyncExternalStore(subscribe, here);
  const [path = "", query = ""] = text.split("?");
  return { path, query: new URLSearchParams(query) };
}

/** Shows another place of the page. `replace`: the way back does not stop here, as for each letter of a filter. */
export function navigate(to: string, how: "push" | "replace" = "push"): void {
  if (to === here()) return;
  if (how === "push") history.pushState(null, "", hrefOf(to));
  else history.replaceState(null, "", hrefOf(to));
  for (const listener of listeners) listener();
  if (how === "push") window.scrollTo(0, 0);
}
