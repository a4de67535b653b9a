/** What an entry of the chain claims of entries that retention removed. */
export interface Removal {
  /** The number of the entry that records it. */
  readonly seq: number;
  readonly upTo: number;
  /** The hash of entry `upTo`. */
  readonly head: string;
  /** ISO 8601. */
  readonly at: string;
}

/** The first entry that is still there. */
export interface ChainStart {
  readonly seq: number;
  readonly prev: string;
}

/**
 * The removal that explains why a record does not begin with entry 1; null if none does. A checkpoint must cover its
 * entry: an entry that nothing signs could be added by anyone. A removal that is not carried out completely explains
 * every earlier start too.
 */
export function removalBefore(
  start: ChainStart,
  removals: readonly Removal[],
  signedUpTo: number | null,
): Removal | null {
  const explains = ({ seq, upTo, head }: Removal): boolean =>
    seq <= (signedUpTo ?? 0) &&
    (upTo > start.seq - 1 || (upTo === start.seq - 1 && head === start.prev)) &&
    seq >= start.seq;
  return removals.findLast(explains) ?? null;
}
