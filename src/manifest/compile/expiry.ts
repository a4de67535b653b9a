import type {
  CompiledDocument,
  CompiledStatement,
  DesiredBinding,
  DesiredPolicy,
} from "../../model/desired.ts";
import type { Diagnostic } from "../../model/diagnostic.ts";
import { placeOfEnd } from "./claim-places.ts";
import type { ManifestDocument } from "../parse/parsed.ts";
import { warningAt } from "../diagnostics.ts";

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
  const ended = (statement: CompiledStatement): boolean => endMs(statement) + graceMs <= nowMs;
  return document.statements.some(ended)
    ? { statements: document.statements.filter((statement) => !ended(statement)) }
    : document;
}

/** A past `until` is only a warning: as an error it would quarantine its whole manifest at that moment. */
export function expiredGrants(
  document: CompiledDocument,
  nowMs: number,
  from: ManifestDocument | undefined,
): readonly Diagnostic[] {
  const ended = document.statements.filter(
    (statement) => statement.until !== null && endMs(statement) <= nowMs,
  );
  return ended.map(({ origin, until }) =>
    warningAt(
      from === undefined ? origin : placeOfEnd(from, origin),
      "expired-grant",
      `this ended on ${until}`,
      "remove it, or give it a new end",
    ),
  );
}

function endMs(statement: CompiledStatement): number {
  return statement.until === null ? Number.POSITIVE_INFINITY : Date.parse(statement.until);
}
