/**
 * The time within which a write to AWS ends that was sent under a lease. It is sent only if the lease lasts at least that
 * long, and it is cut off when the lease ends.
 */
export const WRITE_BUDGET_MS = 10_000;

/** How long a lease lasts without a renewal. */
export const LEASE_TERM_MS = 30_000;
