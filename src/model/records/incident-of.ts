import type { AlertEvent } from "../alert-event.ts";
import { formatIncident, type Incident, type KeyIncidentKind } from "./incident.ts";

/** The same for all messages about one subject: the drift of a binding is one incident from its first sign to its end. */
export function incidentOf(event: AlertEvent): string {
  return "incident" in event ? event.incident : formatIncident(subjectOf(event));
}

type UnnamedEvent = Exclude<AlertEvent, { readonly incident: string }>;
type KeyEvent = Extract<UnnamedEvent, { readonly key: unknown }>;

function subjectOf(event: UnnamedEvent): Incident {
  if ("key" in event) return { kind: OF_KEYS[event.kind], key: event.key };
  switch (event.kind) {
    case "first-comparison":
    case "functions-uncovered":
      return { kind: event.kind, account: event.account };
    case "suspension-ending":
      return { kind: event.kind, id: event.id };
    case "rollback-ending":
    case "revision-held":
    case "source-failed":
      return { kind: event.kind, source: event.source };
    case "revision-decided":
      return { kind: "revision-held", source: event.source };
    case "source-recovered":
      return { kind: "source-failed", source: event.source };
    case "backup-recovered":
      return { kind: "backup-failed" };
    case "backup-failed":
    case "daily-reminder":
      return { kind: event.kind };
  }
}

/** An end has the name of what it ends. */
const OF_KEYS: Readonly<Record<KeyEvent["kind"], KeyIncidentKind>> = {
  "adoption-undo-stopped": "adoption-undo-stopped",
  "adoption-undone": "adoption-undone",
  contended: "contended",
  "contention-ended": "contended",
  "drift-author-found": "drift",
  "drift-closed": "drift",
  "drift-opened": "drift",
  refused: "refused",
  "refusal-ended": "refused",
  "role-recreated": "role-recreated",
};
