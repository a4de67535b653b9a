import { authorConflict, type Approval } from "../../model/approval.ts";
import { unlistedAuthors, type Authors } from "../../model/authors.ts";
import type { Key } from "../../model/keys/key.ts";
import type { KeyPlan } from "../../model/plan.ts";
import { isOverriddenBy, type HoldCode, type WaitCause } from "../../model/verdict.ts";
import { isApproved } from "./approved.ts";

/** The author of a change may not approve it here. */
export const NEEDS_ANOTHER_PERSON: ReadonlySet<HoldCode> = new Set([
  "profile-approval",
  "change-window",
  "account-order",
  "depends-on",
]);

interface HoldToCover {
  readonly code: HoldCode;
  /** Of what waits by itself; missing: it needs an approval. */
  readonly cause?: WaitCause | undefined;
  readonly group: string | null;
}

interface GivenApprovals {
  readonly approvals: readonly Approval[];
  readonly authors: ReadonlyMap<Key, Authors>;
  readonly nowMs: number;
}

/**
 * The end of the approval that lasts longest (ISO 8601); null: none covers the plan. Only an override ends a wait: the one
 * that it names, and nothing else.
 */
export function coveredUntil(
  plan: KeyPlan,
  { code, cause, group }: HoldToCover,
  { approvals, authors, nowMs }: GivenApprovals,
): string | null {
  const { key } = plan;
  const made = NEEDS_ANOTHER_PERSON.has(code) ? (authors.get(key) ?? null) : null;
  const counting = approvals.filter(
    ({ actor, groups = [], mails = null, overrides }) =>
      (cause === undefined || overrides === undefined
        ? cause === overrides
        : isOverriddenBy(cause, overrides)) &&
      (group === null || groups.includes(group)) &&
      (made === null ||
        authorConflict({ actor, mails }, { authors: made.people, unlistedAuthors: unlistedAuthors(made) }) ===
          null),
  );
  const [last] = counting
    .toSorted((a, b) => Date.parse(b.expiresAt) - Date.parse(a.expiresAt))
    .filter((approval) => isApproved(key, plan, { approvals: [approval], nowMs }));
  return last?.expiresAt ?? null;
}
