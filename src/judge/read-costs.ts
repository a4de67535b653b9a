import type { LiveAccount, LiveFunction, LiveRegion } from "../model/live.ts";

/**
 * GetRole, its three lists and its inline policy; the function's configuration and its policy. An additional qualifier or
 * inline policy makes it more.
 */
const CALLS_OF_A_KEY = 7;
/** So few keys are read within seconds, however small the account is. */
const ALWAYS_TARGETED = 20;
/** The listings are of so many roles and policies, or functions, on each page. */
const IAM_PAGE = 1_000;
const LAMBDA_PAGE = 50;

/**
 * Whether a sweep reads so many keys with fewer calls than targeted reads of each. It reads all others as well, and passes
 * over a few keys may overtake it, such as those of a change event.
 * @param base the account as it was last read
 */
export function isSweepCheaper(keys: number, base: LiveAccount): boolean {
  return keys > ALWAYS_TARGETED && keys * CALLS_OF_A_KEY > sweepCalls(base);
}

/** A read of so many calls takes long at the usual request budgets: 15 seconds and more. */
const CALLS_OF_A_LONG_SWEEP = 150;

export function isSweepLong(base: LiveAccount): boolean {
  return sweepCalls(base) >= CALLS_OF_A_LONG_SWEEP;
}

function sweepCalls({ roles, policies, regions }: LiveAccount): number {
  const details = Math.ceil((roles.size + policies.size) / IAM_PAGE);
  const listed = Math.ceil(roles.size / IAM_PAGE);
  const ofRegions = [...regions.values()].map(callsOfRegion);
  return ofRegions.reduce((sum, calls) => sum + calls, details + listed);
}

function callsOfRegion(region: LiveRegion): number {
  if (region.kind !== "read") return 1;
  const functions = [...region.functions.values()];
  const pages = Math.max(1, Math.ceil(functions.length / LAMBDA_PAGE));
  return functions.reduce((sum, one) => sum + callsOfFunction(one), pages);
}

/** Of what the last read requested: nothing if no manifest declares it. */
function callsOfFunction({ policies, versions, aliases }: LiveFunction): number {
  const lists = [versions, aliases].filter(({ kind }) => kind !== "not-requested");
  return policies.size + lists.length;
}
