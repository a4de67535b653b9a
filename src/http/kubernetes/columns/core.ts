import type { CoreEventObject, NamespaceObject } from "../../../api/kubernetes/core.ts";
import { AGE, ageText, NAME, type TableColumn } from "./column.ts";

export const NAMESPACE: readonly TableColumn<NamespaceObject>[] = [
  NAME,
  { name: "Status", description: "Always Active", cell: ({ status }) => status.phase },
  AGE,
];

export const EVENT: readonly TableColumn<CoreEventObject>[] = [
  {
    name: "Last Seen",
    description: "How long ago it happened",
    cell: ({ lastTimestamp }, nowMs) => ageText(lastTimestamp, nowMs),
  },
  { name: "Type", description: "Normal or Warning", cell: ({ type }) => type },
  { name: "Reason", description: "The kind of the audit entry", cell: ({ reason }) => reason },
  {
    name: "Object",
    description: "To what it happened",
    cell: ({ involvedObject: { kind, name } }) => `${kind.toLowerCase()}/${name}`,
  },
  { name: "Message", description: "What happened", cell: ({ message }) => message },
  { ...NAME, description: "The number of the audit entry", isWide: true },
];
