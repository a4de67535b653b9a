import type { ApiFamily } from "./calls.ts";

/** Requests a second of one account and region, by API family; `unlimited` is for the simulator. */
export type Budgets = Readonly<Record<ApiFamily, number>> | "unlimited";

/**
 * Lambda's control plane answers 15 requests a second in all, which every deployment shares; its GetPolicy has 15 of
 * its own. IAM's limits are not published.
 */
export const DEFAULT_BUDGETS = {
  iamRead: 10,
  iamWrite: 5,
  lambda: 5,
  lambdaGetPolicy: 10,
} as const satisfies Budgets;
