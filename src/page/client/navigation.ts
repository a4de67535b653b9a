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

const here = (): string => `${location.pathname}${location.search}`;

/** The path and the query of the browser. */
export function useLocation(): { readonly path: string; readonly query: URLSearchParams } {
  const text = useSyncExternalStore(subscribe, here);
  const [path = "", query = ""] = text.split("?");
  return { path, query: new URLSearchParams(query) };
}

/** Shows another place of the page. `replace`: the way back does not stop here, as for each letter of a filter. */
export function navigate(to: string, how: "push" | "replace" = "push"): void {
  if (to === here()) return;
  if (how === "push") history.pushState(null, "", to);
  else history.replaceState(null, "", to);
  for (const listener of listeners) listener();
  if (how === "push") window.scrollTo(0, 0);
}
