import { SAME_CLOCK, type ClockOffset } from "../../../../src/model/changes/clock-offset.ts";
import type { PastWrite } from "../../../../src/model/keys/key-record.ts";
import type { ChangeRecord } from "../../../../src/model/changes/change-event.ts";
import { attributionOf } from "../../../../src/settle/drift/attribution.ts";
import { ADMINISTRATOR, changed, drifted, ROLE, SECOND } from "./changes.ts";

const EXTRA = drifted({ kind: "attachment-extra", arn: ADMINISTRATOR }, { live: ADMINISTRATOR });

export const attach = (second: number, more: Partial<ChangeRecord["event"]> = {}): ChangeRecord =>
  changed(second, { kind: "attached", arn: ADMINISTRATOR }, more);
export const detach = (second: number): ChangeRecord =>
  changed(second, { kind: "detached", arn: ADMINISTRATOR });

/** How a difference was seen, and the events that are known. */
export interface Sighted {
  readonly records: readonly ChangeRecord[];
  readonly lastCleanMs?: number | null;
  /** The start of the read that saw it. */
  readonly seenMs?: number;
  /** How long that read took. */
  readonly readMs?: number;
  /** When we wrote the role last. */
  readonly ownMs?: number;
  /** Default: the one that detaches the policy. */
  readonly ownCall?: PastWrite["call"];
  readonly problem?: string;
  readonly clockOffset?: ClockOffset | null;
}

/** Clean at 10:32:00, seen by a read at 10:33:00, unless other times are given. */
export function attribution(
  {
    records,
    lastCleanMs = SECOND,
    seenMs = SECOND + 60_000,
    readMs = 0,
    ownMs,
    ownCall = "iam:DetachRolePolicy",
    problem,
    clockOffset = SAME_CLOCK,
  }: Sighted,
  drift = EXTRA,
) {
  const own = ownMs === undefined ? [] : [{ atMs: ownMs, call: ownCall } as PastWrite];
  return attributionOf(drift, {
    changes: { records, problem: problem ?? null },
    writes: { byTarget: new Map([[ROLE, own]]) },
    lastCleanMs,
    seen: { fromMs: seenMs, toMs: seenMs + readMs },
    clockOffset,
  });
}

/** The ids of the events that explain it, or the reason why none does. */
export function ids(found: ReturnType<typeof attribution>): string {
  if (found.kind === "unknown") return found.reason;
  return found.kind === "named"
    ? found.change.eventId
    : found.changes.map(({ eventId }) => eventId).join(" ");
}

export const NONE = "no event of a call before the difference was first seen explains it";
