import type { AccountSetObject } from "../../api/manifests.ts";
import type { Column } from "../screen/table.ts";
import { age, ago } from "../screen/time.ts";
import type { TableContext } from "./resource-tables.ts";

/** The columns of `get accountsets`. */
export function accountSetColumns({ nowMs }: TableContext): readonly Column<AccountSetObject>[] {
  return [
    { title: "NAME", cell: ({ metadata }) => metadata.name },
    { title: "ACCOUNTS", cell: ({ status }) => String(status.accounts.length), align: "right" },
    {
      title: "ORGANIZATION",
      cell: (set) => organizationText(set, nowMs),
      watched: ({ status }) => organizationChange(status.organization),
    },
    { title: "NAMES", cell: ({ status }) => status.accounts.join(", ") || "-", isWide: true },
    { title: "FILE", cell: ({ status }) => `${status.source.file}:${status.source.line}`, isCut: "start" },
  ];
}

function organizationText({ spec, status: { organization } }: AccountSetObject, nowMs: number): string {
  if (organization === null) return "organization" in spec ? "not in effect" : "-";
  const { failing, lastReadAt } = organization;
  if (failing !== null) return `read failed for ${age(failing.since, nowMs)}`;
  return lastReadAt === null ? "not read yet" : `read ${ago(lastReadAt, nowMs)}`;
}

/** That it was read again is none. */
function organizationChange(organization: AccountSetObject["status"]["organization"]): string {
  return organization === null
    ? ""
    : JSON.stringify([organization.failing, organization.lastReadAt === null]);
}
