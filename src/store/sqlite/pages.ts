import { setImmediate as turn } from "node:timers/promises";

/** Rows of one page: reading and parsing them takes a few milliseconds. */
export const PAGE_ROWS = 250;

/**
 * Reads all rows, page by page, with a turn of the event loop between two pages: a record of many thousand rows must
 * not block requests. Each row has its state at the time its page was read.
 * @param pageAfter up to PAGE_ROWS rows after the last row of the page before, in a total order
 */
export async function allPages<Row>(
  pageAfter: (last: Row | null) => readonly Row[],
): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (;;) {
    const page = pageAfter(rows.at(-1) ?? null);
    for (const row of page) rows.push(row);
    if (page.length < PAGE_ROWS) return rows;
    await turn();
  }
}
