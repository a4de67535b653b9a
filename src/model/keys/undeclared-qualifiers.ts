/**
 * Aliases and versions of a function whose resource policies no manifest declares. AWS has no listing of policies: those of
 * aliases are read in turns, and those of versions when a change event names one.
 */
export interface UndeclaredQualifiers {
  /** The function; what was read of another one is forgotten. */
  readonly functionName: string;
  /** The start of the last read of the policies of all aliases: it was without what is found later. null: there was none. */
  readonly lastMs: number | null;
  /** The start of the last read that found no such function: all that it has came later. Missing: each read found it. */
  readonly absentMs?: number;
  /** Those with a policy, sorted: every read includes them until they have none. */
  readonly withPolicy: readonly string[];
}
