import type { FunctionPart, HistoryPart, SiteFunction } from "../../../api/browser/site.ts";
import { kindsOf } from "../../../model/entries/entry-filter.ts";
import { byText } from "../../../text/order.ts";
import type { EventSelection } from "./question.ts";

/** The part that has an object if the export has it; undefined: it has none of these. */
export function partOf(
  parts: readonly FunctionPart[],
  wanted: FunctionPart["first"],
): FunctionPart | undefined {
  return parts.findLast(
    ({ first }) => byText(first.namespace, wanted.namespace) < 0 || isUpTo(first, wanted),
  );
}

function isUpTo(first: FunctionPart["first"], wanted: FunctionPart["first"]): boolean {
  return first.namespace === wanted.namespace && byText(first.name, wanted.name) <= 0;
}

/** The parts that may have objects of a namespace. */
export function partsOf(parts: readonly FunctionPart[], namespace: string): readonly FunctionPart[] {
  return parts.filter(({ first }, at) => {
    const next = parts[at + 1]?.first.namespace ?? namespace;
    return byText(first.namespace, namespace) <= 0 && byText(next, namespace) >= 0;
  });
}

/** The files that have entries about a function; with `isHistoryCut`, each older one may have some, too. */
export type KnownHistory = Pick<SiteFunction, "history" | "isHistoryCut">;

/** The parts that may have entries of a selection, newest first. @param known the files that have some; null: all may */
export function historyParts(
  parts: readonly HistoryPart[],
  { before, filter }: Pick<EventSelection, "before" | "filter">,
  known: KnownHistory | null,
): readonly HistoryPart[] {
  const mayHave = kindsOf(filter);
  const wanted = mayHave === null ? null : new Set<string>(mayHave);
  const lastKnown = known?.history.at(-1) ?? "";
  return parts.filter(
    ({ file, oldest, kinds }) =>
      (before === null || oldest < before) &&
      (wanted === null || kinds.some((kind) => wanted.has(kind))) &&
      (known === null || known.history.includes(file) || (known.isHistoryCut && file > lastKnown)),
  );
}
