import { functionInArn } from "../../model/aws/arn.ts";
import type { ChangeRecord } from "../../model/changes/change-event.ts";
import type { KnownChanges } from "../../model/changes/attribution.ts";
import { driftFingerprint, type Drift } from "../../model/drift.ts";
import type { KeyRecord } from "../../model/keys/key-record.ts";
import type { UndeclaredQualifiers } from "../../model/keys/undeclared-qualifiers.ts";
import { isStatementOf } from "./left-behind.ts";

interface KeyChanges {
  readonly record: KeyRecord | null;
  readonly changes?: KnownChanges;
}

type ExtraStatement = Pick<Drift, "subject" | "change" | "live">;

/**
 * True for an undeclared statement on a qualifier whose policy no read before included: it may have been there for years, so
 * it is not known to be a change. It stays one, also after other reads, pushes and declarations, until it is gone or a change
 * event shows that it was added.
 */
export function isOfFirstRead(drift: ExtraStatement, { record, changes }: KeyChanges): boolean {
  const { change, subject } = drift;
  if (record === null || change.kind !== "statement-extra" || change.qualifier === null || change.ours)
    return false;
  if (isAdded(drift, record, changes?.records ?? [])) return false;
  const fingerprint = driftFingerprint(drift);
  if (record.driftSinceMs[fingerprint] !== undefined)
    return record.openDrifts?.[fingerprint]?.ofFirstRead === true;
  return !wasReadBefore(record, subject, change.qualifier);
}

/** It was first taken for one that may have been there before, and a change event shows now that it was added. */
export function isShownLater(drift: Drift, record: Pick<KeyRecord, "openDrifts"> | null): boolean {
  const openDrift = record?.openDrifts?.[driftFingerprint(drift)];
  return openDrift?.ofFirstRead === true && drift.ofFirstRead !== true;
}

/** The last read that included the policy that an undeclared statement is on; null: every read includes it. */
export function occasionalRead(
  { change, subject }: Pick<Drift, "subject" | "change">,
  record: KeyRecord,
): { readonly lastMs: number | null } | null {
  if (change.kind !== "statement-extra" || change.qualifier === null) return null;
  const undeclared = undeclaredOf(record, subject);
  const isKnown = undeclared?.withPolicy.includes(change.qualifier) === true;
  if (isKnown || isReadEachTime(record, subject, change.qualifier)) return null;
  const times = [turnMs(undeclared, change.qualifier), undeclared?.absentMs ?? null].filter(
    (ms) => ms !== null,
  );
  return { lastMs: times.length === 0 ? null : Math.max(...times) };
}

/** What is remembered of the function's undeclared qualifiers; null: nothing. */
export function undeclaredOf(
  { undeclaredQualifiers: known }: Pick<KeyRecord, "undeclaredQualifiers">,
  subject: string,
): UndeclaredQualifiers | null {
  return known !== undefined && known.functionName === functionInArn(subject)?.name ? known : null;
}

/** A name of digits is a version: an alias must have another character. */
export function isVersion(qualifier: string): boolean {
  return /^\d+$/.test(qualifier);
}

/** The last turn that was without a policy that is found now: the reads of versions are spread over a round of turns. */
function turnMs(known: UndeclaredQualifiers | null, qualifier: string): number | null {
  return (isVersion(qualifier) ? known?.versions?.lastMs : known?.lastMs) ?? null;
}

function wasReadBefore(record: KeyRecord, subject: string, qualifier: string): boolean {
  if (isReadEachTime(record, subject, qualifier)) return true;
  const undeclared = undeclaredOf(record, subject);
  if (undeclared === null) return false;
  const wasTurn = turnMs(undeclared, qualifier) !== null;
  return wasTurn || undeclared.absentMs !== undefined || undeclared.withPolicy.includes(qualifier);
}

/** Git declared a caller of it, or it has a statement of ours. */
function isReadEachTime({ applied, inventory }: KeyRecord, subject: string, qualifier: string): boolean {
  const callers = applied?.desired.kind === "binding" ? applied.desired.binding.callers : [];
  return (
    callers.some((caller) => caller.qualifier === qualifier) ||
    inventory.some((item) => isStatementOf(item, subject))
  );
}

/** A change event shows that the statement was added since the key is compared. */
function isAdded(
  { subject, change }: ExtraStatement,
  record: KeyRecord,
  events: readonly ChangeRecord[],
): boolean {
  const at = functionInArn(subject);
  const sinceMs = record.comparedSinceMs ?? record.applied?.atMs ?? null;
  if (at === null || sinceMs === null || change.kind !== "statement-extra") return false;
  return events.some(
    ({ event: { object, aspect, atMs } }) =>
      aspect.kind === "statement-added" &&
      aspect.sid === change.sid &&
      object.kind === "function" &&
      object.name === at.name &&
      object.region === at.region &&
      object.qualifier === at.qualifier &&
      atMs > sinceMs,
  );
}
