/** What one revision may change in one account and namespace before a person is asked. */
export interface Limits {
  /** More deletes than this are held. */
  readonly deletes: number;
  /** Held when more bindings than this *and* more than `changedShare` of them change. */
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
