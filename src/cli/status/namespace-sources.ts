import type { NamespaceSourceStatus } from "../../api/overview.ts";
import { shortRevision } from "../../model/values/revision.ts";
import type { Layout } from "../screen/layout.ts";
import { table, type Column } from "../screen/table.ts";
import { ago } from "../screen/time.ts";
import type { ScreenLine } from "../../text/screen-line.ts";

/** One line for each source of one namespace. */
export function namespaceSourceLines(
  sources: readonly NamespaceSourceStatus[],
  nowMs: number,
  layout: Layout,
): readonly ScreenLine[] {
  const columns: readonly Column<NamespaceSourceStatus>[] = [
    { title: "SOURCE", cell: ({ name }) => name },
    { title: "REVISION", cell: ({ accepted }) => (accepted === null ? "none yet" : shortRevision(accepted)) },
    { title: "STATE", cell: stateCell },
    { title: "FETCHED", cell: ({ fetchedAt }) => (fetchedAt === null ? "never" : ago(fetchedAt, nowMs)) },
  ];
  return table(columns, sources, layout);
}

function stateCell({ accepted, failure, held, verified }: NamespaceSourceStatus): string {
  if (failure !== null) return failure.refused ? "refused" : "failing";
  if (held !== null) return "held";
  if (accepted === null) return "not read";
  if (verified === null) return "in force";
  return verified.status === "True" ? "in force, verified" : "in force, not verified";
}
