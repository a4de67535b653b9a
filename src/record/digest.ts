import type { AlertMessage } from "./message.ts";

/** What a receiver gets in place of messages that would be too many. */
export interface AlertDigest {
  readonly text: string;
  readonly incident: string;
  readonly status: "told";
  readonly severity: AlertMessage["severity"];
  readonly kind: "digest";
  /** In the order in which they came; the last word on an incident is its last one here. */
  readonly messages: readonly Omit<AlertMessage, "text">[];
}

const SHOWN = 20;

/** One message for many: each by its first line, the security ones first. */
export function digestBody(bodies: readonly string[]): string {
  const messages = bodies.map((body) => JSON.parse(body) as AlertMessage);
  const isGrave = ({ severity }: AlertMessage): boolean => severity === "security";
  const sorted = [...messages.filter(isGrave), ...messages.filter((message) => !isGrave(message))];
  const lines = sorted.slice(0, SHOWN).map(({ text }) => text.split("\n")[0] ?? "");
  const more = messages.length > SHOWN ? [`and ${messages.length - SHOWN} more`] : [];
  const digest: AlertDigest = {
    text: [`${messages.length} alerts within a minute:`, ...lines, ...more].join("\n"),
    incident: `digest/${messages[0]?.at ?? ""}`,
    status: "told",
    severity: messages.some(isGrave) ? "security" : "other",
    kind: "digest",
    messages: messages.map(withoutText),
  };
  return JSON.stringify(digest);
}

function withoutText(message: AlertMessage): Omit<AlertMessage, "text"> {
  const { text: _, ...rest } = message;
  return rest;
}
