import type { ReplicaObject } from "../../../api/replicas.ts";
import { NONE, UNKNOWN } from "./cells.ts";
import { AGE, ageText, NAME, type TableColumn } from "./column.ts";

/** Ages are as of the read of the table, by the clock of the database. */
export const REPLICA: readonly TableColumn<ReplicaObject>[] = [
  NAME,
  { name: "Version", description: "The version of the program", cell: ({ status }) => status.version },
  {
    name: "State",
    description: "active: it has the lease; standby: it waits for it; lost: it was not seen for 30 seconds",
    cell: ({ status }) => status.state,
  },
  {
    name: "Follows",
    description:
      "Whether a standby has compiled what the active replica has in force: current, behind or unable",
    cell: ({ status }) => status.following ?? NONE,
  },
  {
    name: "Accounts",
    description:
      "Of how many accounts it makes the passes; of a lost replica: no one does until its lease has ended",
    cell: ({ status: { accounts } }) => accounts?.length ?? UNKNOWN,
  },
  {
    name: "Seen",
    description: "How long ago it reported to the database, as of the read",
    cell: ({ status }) => ageText(status.seenAt, Date.parse(status.readAt)),
  },
  {
    name: "Lease",
    description: "How long its lease lasts unless it is renewed, as of the read",
    cell: ({ status: { leaseEndsAt, readAt } }) =>
      leaseEndsAt === null ? NONE : ageText(readAt, Date.parse(leaseEndsAt)),
  },
  { ...AGE, isWide: true },
  { name: "Host", description: "Its host", isWide: true, cell: ({ status }) => status.host },
  {
    name: "Address",
    description: "Where the other replicas reach its API",
    isWide: true,
    cell: ({ status }) => status.address ?? NONE,
  },
  {
    name: "Problem",
    description: "Why a standby is unable to compile it",
    isWide: true,
    cell: ({ status }) => status.followingProblem ?? NONE,
  },
  {
    name: "Account Names",
    description: "The accounts whose passes it makes",
    isWide: true,
    cell: ({ status: { accounts } }) => (accounts === null ? UNKNOWN : accounts.join(",") || NONE),
  },
  { name: "Read", description: "When the table was read", isWide: true, cell: ({ status }) => status.readAt },
];
