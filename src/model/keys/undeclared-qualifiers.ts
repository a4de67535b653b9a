import type { LiveVersion } from "../live.ts";

/**
 * Aliases and versions of a function whose resource policies no manifest declares. AWS has no listing of policies: those of
 * aliases are read in turns, and those of versions a few in each turn, or when a change event names one.
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
  /** Missing: no policy of a version was read in a turn. */
  readonly versions?: VersionRounds;
}

/** Policies of published versions are read a few in each turn of the function, by number, round after round. */
export interface VersionRounds {
  /** The start of the first read of the last complete round: what is found later came later. null: none is complete. */
  readonly lastMs: number | null;
  /** The round that is under way; null: the next turn begins one. */
  readonly round: {
    readonly sinceMs: number;
    readonly readTo: number;
    /** A policy could not be read: the round is not complete at its end. Missing: all were read. */
    readonly isPartial?: true;
  } | null;
}

/** Those after a number, in the order in which their policies are read. */
export function versionsAfter(number: number, versions: readonly LiveVersion[]): readonly string[] {
  return versions
    .map(({ version }) => version)
    .filter((version) => Number(version) > number)
    .sort((a, b) => Number(a) - Number(b));
}
