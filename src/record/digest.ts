import { SENT_STATUS, type AlertMessage } from "./message.ts";
import { formatIncident } from "../model/records/incident.ts";
import { textParts, type TextParts } from "./alert-line.ts";
import { storedMessage } from "./stored-message.ts";

/** One message that a receiver gets instead of too many single messages. */
export interface AlertDigest extends TextParts {
  readonly incident: string;
  readonly status: typeof SENT_STATUS.notice;
  readonly severity: AlertMessage["severity"];
  readonly kind: "digest";
  /** In the order of the alerts; the last message of an incident has its current state. */
  readonly messages: readonly WithoutText[];
}

type WithoutText = Omit<AlertMessage, keyof TextParts | "next" | "see">;

const MAX_LINES = 20;

/** Combines many messages into one: the first line of each, security alerts first. */
export function digestBody(bodies: readonly string[], within: string): string {
  const messages = bodies.map((body) => storedMessage(JSON.parse(body) as AlertMessage));
  const isSecurity = ({ severity }: AlertMessage): boolean => severity === "security";
  const sorted = [...messages.filter(isSecurity), ...messages.filter((message) => !isSecurity(message))];
  const lines = sorted.slice(0, MAX_LINES).map(({ headline }) => headline);
  const more = messages.length > MAX_LINES ? [`and ${messages.length - MAX_LINES} more`] : [];
  const digest: AlertDigest = {
    ...textParts([`${messages.length} alerts within ${within}:`, ...lines, ...more]),
    incident: formatIncident({ kind: "digest", at: messages[0]?.at ?? "" }),
    status: SENT_STATUS.notice,
    severity: messages.some(isSecurity) ? "security" : "other",
    kind: "digest",
    messages: messages.map(withoutText),
  };
  return JSON.stringify(digest);
}

function withoutText(message: AlertMessage): WithoutText {
  const { text: _, headline: _headline, details: _details, next: _next, see: _see, ...rest } = message;
  return rest;
}
