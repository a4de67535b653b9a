import type { AlertRouteObject } from "../../api/overview.ts";
import type { MessageColumn } from "../screen/message-table.ts";
import type { Column } from "../screen/table.ts";
import { age, ago } from "../screen/time.ts";
import type { TableContext } from "./resource-tables.ts";

/** The columns of `get alerts`. */
export function alertColumns({ nowMs }: TableContext): readonly Column<AlertRouteObject>[] {
  return [
    { title: "ROUTE", cell: ({ metadata }) => metadata.name },
    { title: "SINK", cell: ({ spec }) => spec.sink },
    { title: "NAMESPACES", cell: ({ spec }) => listed(spec.namespaces), isWide: true },
    { title: "ACCOUNTS", cell: ({ spec }) => listed(spec.accounts), isWide: true },
    { title: "SEVERITY", cell: ({ spec }) => spec.severity, isWide: true },
    { title: "DELIVERED", cell: ({ status }) => ago(status.deliveredAt, nowMs) },
    { title: "WAITING", cell: ({ status }) => String(status.waiting), align: "right" },
    {
      title: "OLDEST",
      cell: ({ status }) => (status.oldestWaitingAt === null ? "-" : age(status.oldestWaitingAt, nowMs)),
    },
  ];
}

/** A failure that a later delivery followed is shown as past. */
export const ALERT_PROBLEM: MessageColumn<AlertRouteObject> = {
  title: "LAST ERROR",
  texts: ({ status: { problem, failing } }) => {
    if (problem === null) return [];
    const { cause, fix, at } = problem;
    return failing ? [`failing: ${cause}`, `fix: ${fix}`] : [`delivered since the error of ${at}: ${cause}`];
  },
};

function listed(names: readonly string[]): string {
  return names.length === 0 ? "-" : names.join(" ");
}
