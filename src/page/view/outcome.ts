import type { AuditEvent } from "../../api/events.ts";
import type { HoldObject } from "../../api/overview.ts";

/** Clocks differ, and the page reads that of the controller every 10 seconds. The shortest approval is valid for longer. */
const CLOCK_MS = 60_000;

/** An answer that a person sent and whose response was lost. */
export interface SentAnswer {
  readonly kind: "approved" | "rejected";
  readonly subject: string;
  readonly actor: string;
  /** By the controller's clock. */
  readonly sentMs: number;
}

/** The entry of that answer, if it is among the entries; null: it is not. */
export function recordedAnswer(sent: SentAnswer, events: readonly AuditEvent[]): AuditEvent | null {
  const isSent = ({ kind, subject, actor, at }: AuditEvent): boolean =>
    kind === sent.kind &&
    subject === sent.subject &&
    actor === sent.actor &&
    Date.parse(at) >= sent.sentMs - CLOCK_MS;
  return events.find(isSent) ?? null;
}

/**
 * Whether an act may have been done although it has no answer: the connection was lost (0), the controller failed while it
 * worked on it, or a server between them had no answer.
 */
export function isOutcomeUnknown(code: number): boolean {
  return code === 0 || code === 500 || code === 502 || code === 504;
}

/** The digits of a digest or a revision, without the last ones: lists and messages show the first eight. */
export function isShortName(name: string): boolean {
  return /^[0-9a-f]{4,39}$/.test(name);
}

/** The pending and rejected approvals whose names begin so. */
export function namedSo(name: string, holds: readonly HoldObject[]): readonly HoldObject[] {
  return holds.filter(({ metadata }) => metadata.name.startsWith(name));
}
