import type { HoldObject } from "../../api/overview.ts";
import type { AuditEvent } from "../../api/events.ts";
import { holdNameOf } from "./object-names.ts";

/** What a person answered to an approval that is no longer pending. */
export interface HoldAnswer {
  readonly kind: "approved" | "rejected";
  readonly actor: string;
  readonly reason: string;
  /** ISO 8601. */
  readonly at: string;
}

/**
 * The last answer to the approval of that name, or whose name begins so; null: none is among the entries.
 * @param events newest first
 */
export function actionOutcome(name: string, events: readonly AuditEvent[]): HoldAnswer | null {
  for (const { kind, at, subject, actor, reason } of events) {
    if (kind !== "approved" && kind !== "rejected") continue;
    if (typeof subject !== "string" || typeof actor !== "string" || typeof reason !== "string") continue;
    if (holdNameOf(subject).startsWith(name)) return { kind, at, actor, reason };
  }
  return null;
}

/** The digits of a digest or a revision, without the last ones: lists and messages show the first eight. */
export function isShortName(name: string): boolean {
  return /^[0-9a-f]{4,39}$/.test(name);
}

/** The pending and rejected approvals whose names begin so. */
export function namedSo(name: string, holds: readonly HoldObject[]): readonly HoldObject[] {
  return holds.filter(({ metadata }) => metadata.name.startsWith(name));
}
