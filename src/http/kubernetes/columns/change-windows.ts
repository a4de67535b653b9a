import type { ChangeWindowObject } from "../../../api/manifests.ts";
import { NONE } from "./cells.ts";
import { NAME, type TableColumn } from "./column.ts";

export const CHANGE_WINDOW: readonly TableColumn<ChangeWindowObject>[] = [
  NAME,
  {
    name: "State",
    description:
      "By its own times: open or closed; waiting-for-accounts if a change waits for an account that comes first, after-accounts if none does and it has no times, or unusable",
    cell: ({ status }) => status.state,
  },
  {
    name: "Until",
    description: "When its times end if they allow changes, or begin if it is closed (UTC)",
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
    description: "Bindings and ManagedPolicies that this window keeps waiting",
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
