import stringWidth from "string-width";
import { toned, type ScreenLine, type Tone } from "../../../text/screen-line.ts";
import type { Layout } from "../../screen/layout.ts";
import { messageTableRows } from "../../screen/message-table.ts";
import { tableRows, type Column } from "../../screen/table.ts";
import { messageColumnOf, type ListingWords } from "../listing-words.ts";
import type { TableContext } from "../resource-tables.ts";
import type { ItemChange } from "./known-items.ts";

interface WatchedRow {
  readonly cells: readonly string[];
  readonly texts: readonly string[];
  readonly tone: Tone | null;
}

const REMOVED = "removed";

/**
 * The rows of a watch, each below the list that was printed before: its columns are as wide as there. A longer name makes its
 * column wider for good, a longer text only its own row.
 */
export class ChangeRows<Item> {
  readonly #words: ListingWords<Item>;
  readonly #isWide: boolean;
  /** By column. */
  #widths: readonly number[] = [];
  #hasHead = false;

  constructor(words: ListingWords<Item>, isWide: boolean) {
    this.#words = words;
    this.#isWide = isWide;
  }

  /** These are printed. An empty list is printed without a head. */
  begin(items: readonly Item[], context: TableContext): void {
    this.#hasHead = items.length > 0;
    for (const item of items) this.#widen(this.#rowOf(item, context));
  }

  /** None, if the change is not visible in the row. */
  linesOf(
    { kind, item, before }: ItemChange<Item>,
    context: TableContext,
  ): (layout: Layout) => readonly ScreenLine[] {
    if (kind === "changed" && before !== null && this.#shows(before, context) === this.#shows(item, context))
      return () => [];
    const row = kind === "removed" ? this.#removedRow(item, context) : this.#rowOf(item, context);
    return (layout) => this.#lines(row, context, layout);
  }

  #lines(row: WatchedRow, context: TableContext, layout: Layout): readonly ScreenLine[] {
    if (this.#widths.length === 0) this.#widen(row);
    this.#widths = this.#widths.with(0, Math.max(this.#widths[0] ?? 0, stringWidth(row.cells[0] ?? "")));
    const rows = [{ cells: this.#widths.map((width) => "x".repeat(width)), texts: [], tone: null }, row];
    const columns = this.#words
      .columns(context)
      .map(({ title, align, isCut, isWide }, at): Column<WatchedRow> => ({
        title,
        cell: ({ cells }) => cells[at] ?? "",
        ...(align !== undefined && { align }),
        ...(isCut !== undefined && { isCut }),
        ...(isWide !== undefined && { isWide }),
      }));
    const [head = [], , lines = []] = this.#groups(columns, context, { rows, layout });
    const isFirst = !this.#hasHead;
    this.#hasHead = true;
    return isFirst ? [...head, ...lines] : lines;
  }

  #groups(
    columns: readonly Column<WatchedRow>[],
    context: TableContext,
    shown: { readonly rows: readonly WatchedRow[]; readonly layout: Layout },
  ): readonly (readonly ScreenLine[])[] {
    const message = messageColumnOf(this.#words, context);
    if (message !== null) {
      const { title } = message;
      return messageTableRows(
        columns,
        { title, texts: ({ texts }) => texts, tone: ({ tone }) => tone },
        shown,
      );
    }
    const [head = [], ...rows] = tableRows(columns, shown.rows, shown.layout);
    return [toned("head", head), ...rows];
  }

  #rowOf(item: Item, context: TableContext): WatchedRow {
    const message = messageColumnOf(this.#words, context);
    return {
      cells: this.#words.columns(context).map(({ cell }) => cell(item)),
      texts: message?.texts(item) ?? [],
      tone: message?.tone?.(item) ?? null,
    };
  }

  #removedRow(item: Item, context: TableContext): WatchedRow {
    const { cells, texts } = this.#rowOf(item, context);
    const named = this.#words.isNamedByMessage === true ? texts : [];
    return { cells: [cells[0] ?? "", REMOVED, ...cells.slice(2).map(() => "")], texts: named, tone: null };
  }

  /** All that a watcher sees of an item. */
  #shows(item: Item, context: TableContext): string {
    const columns = this.#words.columns(context).filter((column) => this.#isWide || column.isWide !== true);
    const texts = messageColumnOf(this.#words, context)?.texts(item) ?? [];
    return JSON.stringify([...columns.map(({ cell, watched = cell }) => watched(item)), ...texts]);
  }

  #widen({ cells }: WatchedRow): void {
    this.#widths = cells.map((cell, at) => Math.max(this.#widths[at] ?? 0, stringWidth(cell)));
  }
}
