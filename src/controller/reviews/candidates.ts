import { keyParts, type Key } from "../../model/keys/key.ts";
import type { AppliedState } from "../../model/keys/key-record.ts";
import type { Namespace } from "../../model/aws/ids.ts";
import type { Hold } from "../../model/answers/hold.ts";
import type { MergedChange } from "../../model/records/pull-requests/merged-change.ts";
import { isOfSource } from "../revision/merged/changed.ts";
import type { ControllerContext } from "../settings.ts";
import type { EnforcedNow } from "../state/controller-state.ts";

/** A revision in force whose pending approvals a review may give. */
export interface ReviewableChange {
  /** null: it is not known exactly what the revision changed. */
  readonly change: MergedChange | null;
  /** The revisions of the source that were accepted before, newest last, with the change. */
  readonly changes: readonly MergedChange[];
  /** Approvals that profiles want, of functions and policies of the source. Not those that an operator rejected. */
  readonly holds: readonly Hold[];
}

/** null: nothing of the source awaits an approval that a review may give. */
export function reviewable(
  namespace: Namespace | null,
  { state, settings }: Pick<ControllerContext, "state" | "settings">,
): ReviewableChange | null {
  const { enforced } = state;
  if (enforced === null) return null;
  const holds = state.accounts.flatMap(({ holds: held, rejected }) =>
    held.filter(
      ({ code, subject, keys }) =>
        code === "profile-approval" &&
        !rejected.has(subject) &&
        keys.every((key) => isOfSource(key, namespace, settings.compile) && !state.uncompared.has(key)),
    ),
  );
  if (holds.length === 0) return null;
  const revision = enforced.inputs.get(namespace)?.revision;
  const isPinned = state.sourceOf(namespace).memory.pin !== null;
  const followed = state.merged.of(namespace);
  const changes = followed?.revision === revision ? (followed?.changes ?? []) : [];
  const at = changes.findLastIndex((one) => one.revision === revision);
  const change = isPinned ? null : (changes[at] ?? null);
  const isExact = change !== null && change.isExact && change.keys.kind === "followed";
  return { change: isExact ? change : null, changes: changes.slice(0, at + 1), holds };
}

/** Whether all that is planned for the key was changed by the revision: it was applied before, or did not exist. */
export function isOnlyOf(
  { revision, added = [] }: MergedChange,
  key: Key,
  {
    changes,
    applied,
    enforced,
  }: {
    readonly changes: readonly MergedChange[];
    readonly applied: Pick<AppliedState, "revision" | "platformRevision"> | null | undefined;
    readonly enforced: Pick<EnforcedNow, "revision" | "namespaceRevisions">;
  },
): boolean {
  const at = changes.findLastIndex((one) => one.revision === revision);
  const change = changes[at];
  if (change === undefined || !isChangedBy(change, key)) return false;
  const isOfNamespace = enforced.namespaceRevisions?.has(keyParts(key).namespace) === true;
  // What a document of a namespace means also depends on the platform, such as on the values of an account.
  if (isOfNamespace && change.platformRevision !== enforced.revision) return false;
  if (added.includes(key)) return true;
  if (!applied || (isOfNamespace && applied.platformRevision !== enforced.revision)) return false;
  return isAppliedBefore(changes.slice(0, at + 1), key, applied.revision);
}

/** It was applied at the revision before, or at an older one since which nothing changed it. */
function isAppliedBefore(
  changes: readonly MergedChange[],
  key: Key,
  appliedAt: AppliedState["revision"],
): boolean {
  const [change, earlier] = [changes.at(-1), changes.at(-2)];
  if (change === undefined) return false;
  if (change.previous === appliedAt) return true;
  if (earlier?.revision !== change.previous || !earlier.isExact || isChangedBy(earlier, key)) return false;
  return isAppliedBefore(changes.slice(0, -1), key, appliedAt);
}

/** Also if it is not known. */
function isChangedBy({ keys }: MergedChange, key: Key): boolean {
  if (keys.kind === "too-many") return true;
  return [keys.open, keys.done, keys.replaced].some((some) => some.includes(key));
}
