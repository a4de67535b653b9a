import type { HistoryRow } from "../../../cli/history/history-rows.ts";

/** Which lines of the history are shown; in the address. */
export interface HistoryFilter {
  /** A key, for the entries about it and the decisions that cover it; null: of all keys. */
  readonly key: string | null;
  readonly namespace: string | null;
  readonly kind: string | null;
  readonly text: string;
}

export function readHistoryFilter(query: URLSearchParams): HistoryFilter {
  return {
    key: query.get("key"),
    namespace: query.get("namespace"),
    kind: query.get("kind"),
    text: query.get("q") ?? "",
  };
}

export function writeHistoryFilter({ key, namespace, kind, text }: HistoryFilter): string {
  const set = Object.entries({ key, namespace, kind, q: text }).flatMap(([name, value]) =>
    value === null || value === "" ? [] : [[name, value] as const],
  );
  const query = new URLSearchParams(Object.fromEntries(set)).toString();
  return query === "" ? "" : `?${query}`;
}

/** By what the controller cannot select: the kind and the words of a line. */
export function selectLines(
  rows: readonly HistoryRow[],
  { kind, text }: HistoryFilter,
): readonly HistoryRow[] {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  return rows.filter((row) => {
    if (kind !== null && row.kind !== kind) return false;
    const line = `${row.entry} ${row.kind} ${row.by} ${row.message} ${row.below}`.toLowerCase();
    return words.every((word) => line.includes(word));
  });
}
