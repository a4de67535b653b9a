import type { Choice } from "../../../judge/choose.ts";
import type { Pass, Subject } from "../../../judge/subject.ts";
import type { Key } from "../../../model/keys/key.ts";
import { isFromGit } from "../../../model/plan.ts";
import { openedDrifts } from "../../../settle/drift/new-drifts.ts";
import { subjectOfOutcome, type KeyOutcome, type UnreadKey } from "../../../settle/outcome/outcome.ts";

/** Each key of the scope is read right before its own writes: what is planned for it is from an earlier reading. */
export function isPlannedScope({ scope, base }: Pick<Pass, "scope" | "base">): boolean {
  return scope.kind === "keys" && scope.isPlanned === true && base !== null;
}

/**
 * Changes from Git, of keys in which the earlier reading shows nothing that was not recorded. Another plan, such
 * as a revert, is recorded and alerted to before it is written, so that it needs a reading first.
 */
export function mayBeReadLate(choice: Choice): boolean {
  if (choice.kind !== "run" || choice.plan.purpose !== "converge") return false;
  return choice.actions.every(isFromGit) && openedDrifts(choice.judged).length === 0;
}

/** The keys of which the pass leaves no outcome. @param cutShort those whose turn did not come */
export function withoutOutcome(
  subjects: readonly Subject[],
  outcomes: readonly KeyOutcome[],
  cutShort: ReadonlySet<Key>,
): readonly UnreadKey[] {
  const read = new Set(outcomes.map((outcome) => subjectOfOutcome(outcome).key));
  return subjects
    .filter(({ key }) => !read.has(key))
    .map(({ key }) => ({ key, isPlanned: cutShort.has(key) }));
}
