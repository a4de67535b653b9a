import type { ReplicaObject } from "../../api/replicas.ts";
import type { MessageColumn } from "../screen/message-table.ts";
import type { Column } from "../screen/table.ts";
import type { TableContext } from "./resource-tables.ts";
import { ago, clockSecond, left } from "../../wording/time.ts";

const FOLLOWS = { current: "yes", behind: "not yet", unable: "no", none: "-" } as const;

/** The columns of `get replicas`: as of the read of the table, by the clock of the database. */
export function replicaColumns(
  { nowMs }: TableContext,
  items: readonly ReplicaObject[] = [],
): readonly Column<ReplicaObject>[] {
  const address: Column<ReplicaObject> = { title: "ADDRESS", cell: ({ status }) => status.address ?? "-" };
  return [
    { title: "NAME", cell: ({ metadata }) => metadata.name },
    { title: "HOST", cell: ({ status }) => status.host, isCut: true, isWide: true },
    { title: "VERSION", cell: ({ status }) => status.version },
    { title: "STATE", cell: ({ status }) => status.state },
    { title: "FOLLOWS", cell: ({ status }) => FOLLOWS[status.following ?? "none"] },
    { title: "ACCOUNTS", cell: ({ status: { accounts } }) => String(accounts?.length ?? "unknown") },
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
    hostsAreUnique(items) ? { ...address, isWide: true } : address,
    { title: "CATALOGUE", cell: ({ status }) => status.catalogueDigest, isWide: true },
    {
      title: "ACCOUNT NAMES",
      cell: ({ status: { accounts } }) => (accounts === null ? "unknown" : accounts.join(", ") || "-"),
      isWide: true,
    },
  ];
}

/** Otherwise only the address shows which replica of a host a row is about. */
function hostsAreUnique(items: readonly ReplicaObject[]): boolean {
  return new Set(items.map(({ status }) => status.host)).size === items.length;
}

/** Why a standby does not follow. */
export const REPLICA_PROBLEM: MessageColumn<ReplicaObject> = {
  title: "PROBLEM",
  texts: ({ status: { followingProblem } }) => (followingProblem === null ? [] : [followingProblem]),
};
