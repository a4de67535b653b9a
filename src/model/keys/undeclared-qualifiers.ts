/**
 * Aliases and versions of a function whose resource policies no manifest declares. AWS has no listing of policies: those of
 * aliases are read in turns, and those of versions when a change event names one.
 */
export interface UndeclaredQualifiers {
  /** The function; what was read of another one is forgotten. */
  readonly functionName: string;
  /** The start of the first read of the policies of all aliases: a statement that it found may be of any age. null: there was none. */
  readonly firstMs: number | null;
  /** The start of the last such read; null: there was none. */
  readonly lastMs: number | null;
  /** Those with a policy, sorted: every read includes them until they have none. */
  readonly withPolicy: readonly string[];
  /** `QUALIFIER#SID` of their statements that a change event shows to be added after the declared state was applied, or first compared; sorted. */
  readonly added: readonly string[];
}

/** A statement of a qualifier, as `added` names it. */
export function addedStatement(qualifier: string, sid: string): string {
  return `${qualifier}#${sid}`;
}
