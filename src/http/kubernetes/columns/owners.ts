import type {
  BindingStatus,
  FunctionPermissionObject,
  ManagedPolicyObject,
  OwnerStatus,
} from "../../../api/manifests.ts";
import type { Condition } from "../../../model/status.ts";
import { formatDuration } from "../../../model/values/duration.ts";
import { NONE, UNKNOWN } from "./cells.ts";
import {
  AGE,
  conditionOfType,
  exceptionText,
  listText,
  messageText,
  NAME,
  type TableColumn,
} from "./column.ts";

interface Owner {
  readonly status: OwnerStatus;
}

const READY: TableColumn<Owner> = {
  name: "Ready",
  description: "True: every binding is as declared in Git; observed: it is compared, and Git is not enforced",
  cell: ({ status }) => readyText(conditionOfType(status.conditions, "Ready")),
};

/** The condition is true of what is only observed: there is nothing to wait for. On a screen that would claim too much. */
function readyText(ready: Condition | undefined): string {
  if (ready?.status === "True" && ready.reason === "ObserveOnly") return "observed";
  return ready?.status ?? UNKNOWN;
}

const REASON: TableColumn<Owner> = {
  name: "Reason",
  description: "Why it is not as declared: of the worst binding; none: it is. Suspended: nothing is written",
  cell: ({ status }) => exceptionText(status.conditions),
};

const DRIFT: TableColumn<Owner> = {
  name: "Drift",
  description: "How long AWS differs from Git; none: it does not; unknown: a binding was not compared",
  cell: ({ status }, nowMs) => driftText(status.bindings, nowMs),
  shows: ({ status }) => oldestDriftSince(status.bindings),
};

const ACCOUNTS: TableColumn<Owner> = {
  name: "Accounts",
  description: "The accounts of its bindings",
  isWide: true,
  cell: ({ status }) => listText(status.bindings.map(({ account }) => account)),
};

const MESSAGE: TableColumn<Owner> = {
  name: "Message",
  description: "The message of the condition Ready",
  isWide: true,
  cell: ({ status }) => messageText(status.conditions),
};

type ShownDrift = Pick<BindingStatus, "drift" | "sync">;

export function driftText(bindings: readonly ShownDrift[], nowMs: number): string {
  const since = oldestDriftSince(bindings);
  if (since === NONE || since === UNKNOWN) return since;
  return formatDuration(Math.max(0, nowMs - Date.parse(since)));
}

/** Since when the longest difference is there; of a binding that was not compared with the declaration in force nothing is known. */
export function oldestDriftSince(bindings: readonly ShownDrift[]): string {
  const since = bindings.flatMap(({ drift }) =>
    drift === null || drift.isOutdated === true ? [] : [drift.since],
  );
  const [oldest] = since.toSorted();
  if (oldest !== undefined) return oldest;
  const isKnown = bindings.every(({ drift, sync }) => drift?.isOutdated !== true && sync !== "Unknown");
  return bindings.length > 0 && isKnown ? NONE : UNKNOWN;
}

export const FUNCTION_PERMISSION: readonly TableColumn<FunctionPermissionObject>[] = [
  NAME,
  READY,
  REASON,
  DRIFT,
  { ...AGE, isWide: true },
  {
    name: "Function",
    description: "The name of the function in AWS, as the manifest has it",
    isWide: true,
    cell: ({ spec, metadata }) => (typeof spec["function"] === "string" ? spec["function"] : metadata.name),
  },
  ACCOUNTS,
  MESSAGE,
];

export const MANAGED_POLICY: readonly TableColumn<ManagedPolicyObject>[] = [
  NAME,
  READY,
  REASON,
  DRIFT,
  { ...AGE, isWide: true },
  ACCOUNTS,
  MESSAGE,
];
