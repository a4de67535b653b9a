import type { ReplicaObject } from "../../api/network/replicas.ts";
import type { OverviewObject } from "../../api/overview.ts";
import { counted, timeText } from "../../text/phrases.ts";
import type { Column } from "../screen/table.ts";
import type { TableContext } from "./resource-tables.ts";
import { ago, clockSecond, left } from "../screen/time.ts";

/** The columns of `get replicas`: as of the read of the table, by the clock of the database. */
export function replicaColumns({ nowMs }: TableContext): readonly Column<ReplicaObject>[] {
  return [
    { title: "NAME", cell: ({ metadata }) => metadata.name },
    { title: "HOST", cell: ({ status }) => status.host, isCut: true },
    { title: "VERSION", cell: ({ status }) => status.version },
    { title: "STATE", cell: ({ status }) => status.state },
    {
      title: "SEEN",
      cell: ({ status }) => ago(status.seenAt, Date.parse(status.readAt)),
      watched: () => "",
    },
    {
      title: "LEASE ENDS",
      cell: ({ status: { leaseEndsAt, readAt } }) =>
        leaseEndsAt === null ? "-" : `in ${left(leaseEndsAt, Date.parse(readAt))}`,
      watched: () => "",
    },
    { title: "READ", cell: ({ status }) => clockSecond(status.readAt, nowMs), watched: () => "" },
    { title: "ADDRESS", cell: ({ status }) => status.address ?? "-", isWide: true },
    { title: "CATALOGUE", cell: ({ status }) => status.catalogueDigest, isWide: true },
  ];
}

type Counts = OverviewObject["status"]["replicas"];

/** `1 active, 2 standbys`; null: the record has one process, or the token may not see its replicas. */
export function replicaText(counts: Counts): string | null {
  if (counts === undefined) return null;
  const { readAt, active, standby, lost } = counts;
  const gone = lost === 0 ? "" : `, ${lost} lost`;
  return `${active} active, ${counted(standby, "standby")}${gone}, read ${timeText(readAt)}`;
}
