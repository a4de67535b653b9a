import type { BindingSummaryObject } from "../../../api/browser/binding-summary.ts";
import type { SiteRow } from "../../../api/browser/site.ts";
import { API_VERSION } from "../../../api/group.ts";
import type { TableObject } from "../../../api/kubernetes/table.ts";

/** The rows that a controller would have answered at the moment of the export. @param asOf ISO 8601 */
export function tableOfRows(rows: readonly SiteRow[], asOf: string): Pick<TableObject, "rows"> {
  return {
    rows: rows.map(({ namespace, name, labels, summary }) => {
      const metadata = { namespace, name, ...(labels !== undefined && { labels }) };
      const object: BindingSummaryObject = {
        apiVersion: API_VERSION,
        kind: "BindingSummary",
        metadata,
        summary,
        asOf,
      };
      return { cells: [], object };
    }),
  };
}
