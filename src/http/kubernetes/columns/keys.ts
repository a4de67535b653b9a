import type { BindingObject, DriftObject, PlanObject } from "../../../api/bindings.ts";
import { blockedOf } from "../../../api/browser/binding-summary.ts";
import { blockedCell, syncCell, UNKNOWN } from "./cells.ts";
import { driftCauseText } from "../../../model/drift.ts";
import { targetText } from "../../../model/keys/key.ts";
import { AGE, ageText, exceptionText, messageText, NAME, readOnce, type TableColumn } from "./column.ts";
import { oldestDriftSince, driftText } from "./owners.ts";

export const BINDING: readonly TableColumn<BindingObject>[] = [
  NAME,
  {
    name: "Sync",
    description: "Whether AWS matches Git",
    cell: ({ status }) => syncCell(status.sync),
  },
  {
    name: "Reason",
    description: "Why it is not as declared; none: it is. Suspended, ObserveOnly: nothing is written",
    cell: ({ status }) => exceptionText(status.conditions),
  },
  {
    name: "Drift",
    description: "How long AWS differs from Git",
    isWide: true,
    cell: ({ status }, nowMs) => driftText([status], nowMs),
    shows: ({ status }) => oldestDriftSince([status]),
  },
  { ...AGE, isWide: true },
  {
    name: "Target",
    description: "How the command line names it",
    isWide: true,
    cell: ({ spec, status }) => targetText({ key: spec.key, account: status.account }),
  },
  {
    name: "Blocked",
    description: "yes: it is refused, broken or awaiting approval",
    isWide: true,
    cell: ({ status }) => blockedCell(blockedOf(status)),
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
  { name: "Tier", description: "How much the two sides differ", cell: ({ status }) => status.tier },
  {
    name: "Age",
    description: "How long the difference is known",
    cell: ({ status }, nowMs) => ageText(status.since, nowMs),
    shows: ({ status }) => status.since ?? UNKNOWN,
  },
  { name: "Change", description: "What differs", isWide: true, cell: ({ status }) => status.change.kind },
  {
    name: "Cause",
    description: "Where the change was made; revision, out-of-band: in Git, and since then in AWS too",
    isWide: true,
    cell: ({ status }) => driftCauseText(status),
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
