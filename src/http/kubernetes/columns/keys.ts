import type { BindingObject, DriftObject, PlanObject } from "../../../api/bindings.ts";
import { targetText } from "../../../model/keys/target-text.ts";
import type { Condition } from "../../../model/status.ts";
import {
  AGE,
  ageText,
  messageText,
  NAME,
  NONE,
  readOnce,
  reasonText,
  UNKNOWN,
  type TableColumn,
} from "./column.ts";
import { driftSince, driftText } from "./owners.ts";

/** Names of bindings are long, and the row fits 80 columns: the usual reason is left out. */
function exceptionText(conditions: readonly Condition[]): string {
  const text = reasonText(conditions);
  return text === "ReconciliationSucceeded" ? NONE : text;
}

export const BINDING: readonly TableColumn<BindingObject>[] = [
  NAME,
  {
    name: "Sync",
    description: "Whether AWS matches Git",
    cell: ({ status }) => (status.sync === "Unknown" ? UNKNOWN : status.sync),
  },
  {
    name: "Drift",
    description: "How long AWS differs from Git",
    cell: ({ status }, nowMs) => driftText([status], nowMs),
    shows: ({ status }) => driftSince([status]),
  },
  {
    name: "Reason",
    description: "Why it is not as declared; none: it is. Suspended, ObserveOnly: nothing is written",
    cell: ({ status }) => exceptionText(status.conditions),
  },
  { ...AGE, isWide: true },
  {
    name: "Target",
    description: "How the command line names it",
    isWide: true,
    cell: ({ spec, status }) => targetText({ key: spec.key, account: status.account }),
  },
  { name: "Mode", description: "observe or enforce", isWide: true, cell: ({ status }) => status.mode },
  {
    name: "Read",
    description: "How long ago it was read and compared last",
    isWide: true,
    cell: ({ status }, nowMs) => ageText(status.lastVerifiedAt, nowMs),
    shows: ({ status }) => readOnce(status.lastVerifiedAt),
  },
  {
    name: "Message",
    description: "The message of the condition Ready",
    isWide: true,
    cell: ({ status }) => messageText(status.conditions),
  },
];

export const DRIFT: readonly TableColumn<DriftObject>[] = [
  NAME,
  { name: "Change", description: "What differs", cell: ({ status }) => status.change.kind },
  { name: "Tier", description: "How much the two sides differ", cell: ({ status }) => status.tier },
  { name: "Cause", description: "Where the change was made", cell: ({ status }) => status.cause },
  {
    name: "Since",
    description: "How long the difference is known",
    cell: ({ status }, nowMs) => ageText(status.since, nowMs),
    shows: ({ status }) => status.since ?? UNKNOWN,
  },
  {
    name: "Read",
    description: "How long ago AWS was read",
    isWide: true,
    cell: ({ status }, nowMs) => ageText(status.readAt, nowMs),
    shows: ({ status }) => readOnce(status.readAt),
  },
  {
    name: "Outdated",
    description: "yes: Git has changed the key since the comparison",
    isWide: true,
    cell: ({ status }) => (status.isOutdated === true ? "yes" : "no"),
  },
  { name: "Subject", description: "The object in AWS", isWide: true, cell: ({ status }) => status.subject },
];

export const PLAN: readonly TableColumn<PlanObject>[] = [
  NAME,
  {
    name: "Verdict",
    description: "Whether the plan may be written",
    cell: ({ status }) => status.verdict.kind,
  },
  {
    name: "Calls",
    description: "The number of calls that it makes; unknown: there is no plan, or it may not be shown",
    cell: ({ status }) => status.plan?.actions.length ?? UNKNOWN,
  },
  {
    name: "Read",
    description: "How long ago AWS was read",
    cell: ({ status }, nowMs) => ageText(status.readAt, nowMs),
  },
];
