import { NONE, UNKNOWN } from "./cells.ts";
import type { SourceObject } from "../../../api/overview.ts";
import { shortRevision } from "../../../model/values/revision.ts";
import { NAME, type TableColumn } from "./column.ts";

export const SOURCE: readonly TableColumn<SourceObject>[] = [
  NAME,
  {
    name: "Revision",
    description: "The revision in force",
    cell: ({ status: { accepted } }) => (accepted === null ? UNKNOWN : shortRevision(accepted)),
  },
  {
    name: "State",
    description:
      "newest; rolled-back or after-rollback while a rollback keeps an older revision in force; failing, held or rejected if the newest one is not accepted; unknown before the first one",
    cell: ({ status }) => stateOf(status),
  },
  {
    name: "Until",
    description: "When a rollback ends (UTC)",
    cell: ({ status }) => status.rolledBack?.until ?? NONE,
  },
  {
    name: "Reason",
    description: "Of a rollback with its author, of a failure, or of a held revision",
    isWide: true,
    cell: ({ status }) => reasonOf(status),
  },
];

/** A rollback is first: until it ends, nothing that is fetched is applied. */
function stateOf({ rolledBack, failure, held, accepted }: SourceObject["status"]): string {
  if (rolledBack !== undefined) return rolledBack.ended === true ? "after-rollback" : "rolled-back";
  if (failure !== null) return "failing";
  if (held !== null) return held.rejected === null ? "held" : "rejected";
  return accepted === null ? UNKNOWN : "newest";
}

function reasonOf({ rolledBack, failure, held }: SourceObject["status"]): string {
  if (rolledBack !== undefined) return `${rolledBack.reason} (${rolledBack.by})`;
  return failure?.message ?? held?.reason ?? NONE;
}
