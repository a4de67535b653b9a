/** The changes of one revision in one account and namespace that need no approval. */
export interface Limits {
  /** A larger number of deletes is held. */
  readonly deletes: number;
  /** Held if more bindings than this *and* more than `changedShare` of them change. */
  readonly changedCount: number;
  /** 0 to 1. */
  readonly changedShare: number;
}

export const DEFAULT_LIMITS: Limits = { deletes: 3, changedCount: 10, changedShare: 0.2 };

export function stricterLimits(a: Limits, b: Limits): Limits {
  return {
    deletes: Math.min(a.deletes, b.deletes),
    changedCount: Math.min(a.changedCount, b.changedCount),
    changedShare: Math.min(a.changedShare, b.changedShare),
  };
}
