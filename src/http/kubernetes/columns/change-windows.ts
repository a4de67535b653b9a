import type { ChangeWindowObject } from "../../../api/manifests.ts";
import { NONE } from "../../../api/kubernetes/binding-cells.ts";
import { NAME, type TableColumn } from "./column.ts";

export const CHANGE_WINDOW: readonly TableColumn<ChangeWindowObject>[] = [
  NAME,
  {
    name: "State",
    description: "By its own times: open, closed, any-time if it only orders accounts, or unusable",
    cell: ({ status }) => status.state,
  },
  {
    name: "Until",
    description: "When it closes if it is open, or opens if it is closed (UTC)",
    cell: ({ status }) => status.until ?? NONE,
  },
  {
    name: "After",
    description: "The accounts that come before",
    cell: ({ spec }) => spec.after?.accounts.join(",") ?? NONE,
  },
  {
    name: "Waiting",
    type: "integer",
    description: "Bindings and ManagedPolicies in its scope that wait for a change window",
    cell: ({ status }) => status.waiting.reduce((sum, { keys }) => sum + keys.length, 0),
  },
  {
    name: "Zone",
    description: "The same time in the zone of the window",
    isWide: true,
    cell: ({ status }) => status.untilInZone ?? NONE,
  },
  {
    name: "Reason",
    description: "The first cause of a wait",
    isWide: true,
    cell: ({ status }) => status.waiting[0]?.reason ?? NONE,
  },
];
