import { API_VERSION } from "../../../api/group.ts";
import { blockedCell, driftCell, reasonCell } from "../../../api/kubernetes/binding-cells.ts";
import type { TableObject } from "../../../api/kubernetes/table.ts";
import type { SiteRow } from "../../../api/browser/site.ts";

const COLUMNS = ["Name", "Target", "Sync", "Drift", "Reason", "Message", "Mode", "Blocked"] as const;

/** The table that a controller would have answered at the moment of the export. @param asOf ISO 8601 */
export function tableOfRows(
  rows: readonly SiteRow[],
  asOf: string,
): Pick<TableObject, "columnDefinitions" | "rows"> {
  return {
    columnDefinitions: COLUMNS.map((name) => ({
      name,
      type: "string",
      format: name === "Name" ? "name" : "",
      description: "",
      priority: 0,
    })),
    rows: rows.map((row) => ({
      cells: [
        row.name,
        row.target,
        row.sync,
        driftText(row, asOf),
        reasonCell(row.reason),
        row.message,
        row.mode,
        blockedCell(row.isBlocked),
      ],
      object: {
        apiVersion: API_VERSION,
        kind: "Binding",
        metadata: { namespace: row.namespace, name: row.name },
      },
    })),
  };
}

function driftText({ driftSince }: SiteRow, asOf: string): string {
  if (driftSince === null) return driftCell({ kind: "none" });
  if (driftSince === "unknown") return driftCell({ kind: "unknown" });
  return driftCell({ kind: "drifted", forMs: Math.max(0, Date.parse(asOf) - Date.parse(driftSince)) });
}
