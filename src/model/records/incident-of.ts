import type { AlertEvent } from "../alert-event.ts";

/** The same for all messages about one subject: the drift of a binding is one incident from its first sign to its end. */
export function incidentOf(event: AlertEvent): string {
  if ("incident" in event) return event.incident;
  const kind = OPENING[event.kind] ?? event.kind;
  if ("key" in event) return `${kind}/${event.key}`;
  if (event.kind === "first-comparison" || event.kind === "functions-uncovered")
    return `${kind}/${event.account}`;
  if (event.kind === "suspension-ending") return `${kind}/${event.id}`;
  return "source" in event ? `${kind}/${event.source}` : kind;
}

/** An end has the name of what it ends. */
const OPENING: Partial<Record<AlertEvent["kind"], string>> = {
  "drift-opened": "drift",
  "drift-closed": "drift",
  "drift-author-found": "drift",
  "refusal-ended": "refused",
  "contention-ended": "contended",
  "revision-decided": "revision-held",
  "source-recovered": "source-failed",
  "backup-recovered": "backup-failed",
};
