import type { AlertEvent } from "../alert-event.ts";

/** The same for all messages about one subject: the drift of a binding is one incident from its first sign to its end. */
export function incidentOf(event: AlertEvent): string {
  if ("incident" in event) return event.incident;
  const kind = INCIDENT[event.kind];
  if ("key" in event) return `${kind}/${event.key}`;
  if (event.kind === "first-comparison" || event.kind === "functions-uncovered")
    return `${kind}/${event.account}`;
  if (event.kind === "suspension-ending") return `${kind}/${event.id}`;
  return "source" in event ? `${kind}/${event.source}` : kind;
}

type Unnamed = Exclude<AlertEvent, { readonly incident: string }>["kind"];

/** By kind, how the name of its incident begins: an end has the name of what it ends. */
const INCIDENT: Readonly<Record<Unnamed, string>> = {
  "drift-opened": "drift",
  "drift-closed": "drift",
  "drift-author-found": "drift",
  refused: "refused",
  "refusal-ended": "refused",
  contended: "contended",
  "contention-ended": "contended",
  "revision-held": "revision-held",
  "revision-decided": "revision-held",
  "source-failed": "source-failed",
  "source-recovered": "source-failed",
  "backup-failed": "backup-failed",
  "backup-recovered": "backup-failed",
  "role-recreated": "role-recreated",
  "adoption-undone": "adoption-undone",
  "adoption-undo-stopped": "adoption-undo-stopped",
  "first-comparison": "first-comparison",
  "rollback-ending": "rollback-ending",
  "suspension-ending": "suspension-ending",
  "daily-reminder": "daily-reminder",
  "functions-uncovered": "functions-uncovered",
};
