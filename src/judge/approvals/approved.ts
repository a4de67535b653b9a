import type { Approval } from "../../model/approval.ts";
import type { Digest } from "../../model/values/digest.ts";
import type { Key } from "../../model/keys/key.ts";
import { approvableDigests, type ApprovablePlan } from "../../model/plan.ts";

/**
 * True if one approval that has not ended covers the remaining actions: the same actions in the same order, some of
 * them already done. Any other action ends the approval.
 */
export function isApproved(
  key: Key,
  planned: ApprovablePlan,
  { approvals, nowMs }: { readonly approvals: readonly Approval[]; readonly nowMs: number },
): boolean {
  const about = approvals.flatMap(({ actions: covered, expiresAt }) =>
    Object.hasOwn(covered, key) && Date.parse(expiresAt) > nowMs ? [covered[key] ?? []] : [],
  );
  // Computing the digest of every action of a first run is useless without an approval.
  if (about.length === 0) return false;
  const wanted = approvableDigests(planned);
  return about.some((covered) => isInOrder(wanted, covered));
}

/** The wanted calls are among the covered ones, in their order: the others have been made already. */
export function isInOrder(wanted: readonly Digest[], covered: readonly Digest[]): boolean {
  let at = 0;
  for (const digest of covered) {
    if (digest === wanted[at]) at += 1;
  }
  return at === wanted.length;
}
