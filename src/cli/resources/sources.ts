import type { SourceObject } from "../../api/overview.ts";
import { shortRevision } from "../../model/values/revision.ts";
import type { MessageColumn } from "../screen/message-table.ts";
import type { Column } from "../screen/table.ts";
import { ago } from "../screen/time.ts";
import type { TableContext } from "./resource-tables.ts";

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
