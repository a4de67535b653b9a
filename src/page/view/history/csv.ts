import { historyRows, type HistoryRow } from "../../../wording/history/history-rows.ts";
import type { HistoryContext } from "../../../wording/history/history-texts.ts";
import { isUnverified } from "../../../wording/history/unverified.ts";

/** One row for each entry, with its head. */
export function historyCells(
  shown: readonly HistoryRow[],
  { accounts, unverifiedFrom }: Pick<HistoryContext, "accounts"> & { readonly unverifiedFrom: number | null },
): readonly (readonly string[])[] {
  const rows = shown.flatMap(({ events }) => historyRows(events, { accounts, nowMs: 0 }));
  const lines = rows.map((row) => {
    const { entry, at, kind, by, message, below } = row;
    const verified = isUnverified(row, unverifiedFrom) ? "no" : "";
    return [String(entry), at, kind, by, message, below, verified];
  });
  return [["entry", "time", "kind", "by", "message", "detail", "verified"], ...lines];
}

/** RFC 4180. A cell that a spreadsheet would take for a formula begins with an apostrophe. */
export function csvOf(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => `${row.map(cellOf).join(",")}\r\n`).join("");
}

function cellOf(text: string): string {
  const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
