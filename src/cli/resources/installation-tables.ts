import { timeText } from "../../text/phrases.ts";
import type { SourceObject, AlertRouteObject } from "../../api/overview.ts";
import { shortRevision } from "../../model/values/revision.ts";
import type { MessageColumn } from "../screen/message-table.ts";
import type { Column } from "../screen/table.ts";
import { textUntil } from "../../wording/rollback.ts";
import { ago, age } from "../../wording/time.ts";
import type { TableContext } from "./resource-tables.ts";
import type { AccountSetObject } from "../../api/manifests.ts";

/** The columns of `get sources`. */
export function sourceColumns({ nowMs }: TableContext): readonly Column<SourceObject>[] {
  return [
    { title: "SOURCE", cell: ({ metadata }) => metadata.name },
    { title: "NAMESPACE", cell: ({ spec }) => spec.namespace ?? "(platform)" },
    { title: "REF", cell: ({ spec: { ref } }) => (ref === null ? "-" : `${ref.kind} ${ref.name}`) },
    {
      title: "ACCEPTED",
      cell: ({ status: { accepted } }) => (accepted === null ? "none" : shortRevision(accepted)),
    },
    { title: "FETCHED", cell: ({ status }) => ago(status.fetchedAt, nowMs), watched: () => "" },
  ];
}

/** Where it is, what reports its pushes, and what is wrong. */
export const SOURCE_LOCATION: MessageColumn<SourceObject> = {
  title: "URL",
  texts: ({ spec, status }) => [
    spec.url,
    ...pushTexts(spec),
    ...queueTexts(status.pushQueue),
    ...heldTexts(status.held),
    // Without the time that is left, which a watch would print again each second.
    ...(status.rolledBack === undefined
      ? []
      : [textUntil(status.rolledBack, timeText(status.rolledBack.until))]),
    ...(status.failure === null ? [] : [`failing: ${status.failure.message}`, `fix: ${status.failure.fix}`]),
  ],
};

function heldTexts(held: SourceObject["status"]["held"]): readonly string[] {
  if (held === null) return [];
  const { revision, reason, rejected } = held;
  const name = shortRevision(revision);
  if (rejected === null) return [`held: ${name}: ${reason}`];
  return [`rejected: ${name}, by ${rejected.by}: "${rejected.reason}"`];
}

function pushTexts({ webhooks, pushQueue }: SourceObject["spec"]): readonly string[] {
  const reporters = [...webhooks, ...(pushQueue === null ? [] : [pushQueue])];
  return reporters.length === 0 ? [] : [`pushes: ${reporters.join(", ")}`];
}

function queueTexts(queue: SourceObject["status"]["pushQueue"]): readonly string[] {
  if (queue === null) return [];
  const { readable, failure } = queue;
  if (failure !== null) return [`queue not read: ${failure.code}: ${failure.reason}`, `fix: ${failure.fix}`];
  return readable === null ? ["queue: not read yet"] : [];
}

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
