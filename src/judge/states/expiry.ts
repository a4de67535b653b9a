import {
  hasEnded,
  type CompiledDocument,
  type CompiledStatement,
  type DesiredBinding,
  type DesiredPolicy,
} from "../../model/desired.ts";

/** The time that an expired statement stays after its `until`, without effect, so that clocks may differ. */
export const EXPIRY_GRACE_MS = 300_000;

/**
 * The binding without the statements that expired before the grace period. AWS itself ended the access; after the grace
 * period the expired statement is removed too. Runs between compile and diff: compile does not know the time.
 */
export function withoutExpired(binding: DesiredBinding, nowMs: number, graceMs: number): DesiredBinding {
  const inline = livingDocument(binding.role.inline, nowMs, graceMs);
  return inline === binding.role.inline ? binding : { ...binding, role: { ...binding.role, inline } };
}

/** The same for a ManagedPolicy. */
export function policyWithoutExpired(policy: DesiredPolicy, nowMs: number, graceMs: number): DesiredPolicy {
  const document = livingDocument(policy.document, nowMs, graceMs);
  return document === policy.document ? policy : { ...policy, document };
}

function livingDocument(document: CompiledDocument, nowMs: number, graceMs: number): CompiledDocument {
  const ended = (statement: CompiledStatement): boolean => hasEnded(statement, nowMs - graceMs);
  return document.statements.some(ended)
    ? { statements: document.statements.filter((statement) => !ended(statement)) }
    : document;
}
