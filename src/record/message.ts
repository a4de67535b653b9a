import type { Key } from "../model/keys/key.ts";
import type { Severity } from "./route.ts";
import { alertText } from "./alert-text.ts";
import type { AlertEvent } from "../model/alert-event.ts";

/**
 * The JSON that a receiver gets. The messages of one incident belong together: it is opened, may be repeated, and is
 * closed.
 */
export interface AlertMessage {
  readonly text: string;
  readonly incident: string;
  /** `told`: no further message follows. */
  readonly status: "open" | "closed" | "told";
  readonly severity: Severity;
  readonly kind: AlertEvent["kind"];
  readonly key: Key | null;
  readonly account: string | null;
  /** ISO 8601. */
  readonly at: string;
}

export interface MessageFacts {
  readonly severity: Severity;
  /** The audit entries about the event's key. */
  readonly seqs: readonly number[];
  readonly at: string;
}

export function messageOf(event: AlertEvent, { severity, seqs, at }: MessageFacts): AlertMessage {
  return {
    text: alertText(event, seqs),
    incident: incidentOf(event),
    status: STATUS[event.kind] ?? "told",
    severity,
    kind: event.kind,
    key: "key" in event ? event.key : null,
    account: "account" in event ? event.account : null,
    at,
  };
}

const STATUS: Partial<Record<AlertEvent["kind"], AlertMessage["status"]>> = {
  "drift-opened": "open",
  "drift-closed": "closed",
  "files-refused": "open",
  "files-read": "closed",
  "pass-failed": "open",
  "pass-recovered": "closed",
};

/** The same for all messages about one subject: the drift of a binding is one incident from its first sign to its end. */
function incidentOf(event: AlertEvent): string {
  if ("incident" in event) return event.incident;
  if (event.kind === "drift-opened" || event.kind === "drift-closed") return `drift/${event.key}`;
  if ("key" in event) return `${event.kind}/${event.key}`;
  if (event.kind === "first-comparison") return `${event.kind}/${event.account}`;
  if (event.kind === "suspension-ending") return `${event.kind}/${event.id}`;
  return "source" in event ? `${event.kind}/${event.source}` : event.kind;
}
