import { functionInArn } from "../../model/aws/arn.ts";
import type { KnownChanges } from "../../model/changes/attribution.ts";
import { driftFingerprint, type Drift } from "../../model/drift.ts";
import type { KeyRecord } from "../../model/keys/key-record.ts";
import { addedStatement } from "../../model/keys/undeclared-qualifiers.ts";
import { isStatementOf } from "./left-behind.ts";

interface KeyChanges {
  readonly record: KeyRecord | null;
  readonly changes?: KnownChanges;
}

type ExtraStatement = Pick<Drift, "subject" | "change" | "live">;

/**
 * True for an undeclared statement on a qualifier whose policy no read before included: it may have been there for years, so
 * it is not known to be a change. A change event that shows it being added proves the opposite.
 */
export function isOfFirstRead(drift: ExtraStatement, { record, changes }: KeyChanges): boolean {
  const { change, subject } = drift;
  if (record === null || change.kind !== "statement-extra" || change.qualifier === null || change.ours)
    return false;
  if (isReadEachTime(record, subject, change.qualifier)) return false;
  if (change.sid !== null && isAdded({ subject, sid: change.sid }, { record, ...(changes && { changes }) }))
    return false;
  const firstMs = undeclaredOf(record, subject)?.firstMs ?? null;
  if (firstMs === null || isVersion(change.qualifier)) return true;
  const sinceMs = record.driftSinceMs[driftFingerprint(drift)];
  return sinceMs !== undefined && sinceMs <= firstMs;
}

/**
 * The last read that included the policy that an undeclared statement is on; null: every read includes it.
 */
export function occasionalRead(
  { change, subject }: Pick<Drift, "subject" | "change">,
  record: KeyRecord,
): { readonly lastMs: number | null } | null {
  if (change.kind !== "statement-extra" || change.qualifier === null) return null;
  if (isReadEachTime(record, subject, change.qualifier)) return null;
  const known = undeclaredOf(record, subject);
  if (known?.withPolicy.includes(change.qualifier) === true) return null;
  return { lastMs: isVersion(change.qualifier) ? null : (known?.lastMs ?? null) };
}

/** What is remembered of the function's undeclared qualifiers; null: nothing. */
export function undeclaredOf(
  { undeclaredQualifiers: known }: Pick<KeyRecord, "undeclaredQualifiers">,
  subject: string,
): NonNullable<KeyRecord["undeclaredQualifiers"]> | null {
  return known !== undefined && known.functionName === functionInArn(subject)?.name ? known : null;
}

/** A name of digits is a version: an alias must have another character. */
export function isVersion(qualifier: string): boolean {
  return /^\d+$/.test(qualifier);
}

/** Git declared a caller of it, or it has a statement of ours. */
function isReadEachTime({ applied, inventory }: KeyRecord, subject: string, qualifier: string): boolean {
  const callers = applied?.desired.kind === "binding" ? applied.desired.binding.callers : [];
  return (
    callers.some((caller) => caller.qualifier === qualifier) ||
    inventory.some((item) => isStatementOf(item, subject))
  );
}

interface NamedStatement {
  readonly subject: string;
  readonly sid: string;
}

/** A change event shows that the statement was added after the declared state was applied, or first compared. */
export function isAdded(
  { subject, sid }: NamedStatement,
  { record, changes }: { readonly record: KeyRecord; readonly changes?: KnownChanges },
): boolean {
  const at = functionInArn(subject);
  const sinceMs = record.applied?.atMs ?? record.comparedSinceMs ?? null;
  if (at === null || at.qualifier === null || sinceMs === null) return false;
  if (undeclaredOf(record, subject)?.added.includes(addedStatement(at.qualifier, sid)) === true) return true;
  return (changes?.records ?? []).some(
    ({ event: { object, aspect, atMs } }) =>
      aspect.kind === "statement-added" &&
      aspect.sid === sid &&
      object.kind === "function" &&
      object.name === at.name &&
      object.region === at.region &&
      object.qualifier === at.qualifier &&
      atMs > sinceMs,
  );
}
