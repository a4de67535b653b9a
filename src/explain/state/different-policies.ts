import { isBinding } from "../../model/desired.ts";
import type { Drift } from "../../model/drift.ts";
import type { Key } from "../../model/keys/key.ts";
import type { KeyView } from "../../model/answers/key-view.ts";
import { limitedLines, type PendingChange } from "../../model/answers/permission-state.ts";
import type { State } from "./declared.ts";
import type { TypedLine } from "../../model/answers/permission-line.ts";

export type PolicyViews = ReadonlyMap<Key, Pick<KeyView, "desired" | "drifts">>;

const NO_LINES = limitedLines([]);

/**
 * A ManagedPolicy is a key of its own, so a function is in sync although a policy or the boundary of its role is not, and
 * although it may do more or less than Git declares.
 */
export function differentPolicies(
  now: State | null,
  views: PolicyViews,
): readonly PendingChange<TypedLine>[] {
  if (now === null || !isBinding(now)) return [];
  const { attachments, boundary } = now.role;
  const ofRole = new Set<string>(attachments.map(({ arn }) => arn));
  if (boundary !== null) ofRole.add(boundary.arn);
  const policies = [...views.values()]
    .flatMap(({ desired, drifts }) =>
      desired !== null && !isBinding(desired) && drifts.some(changesPermissions) ? [desired.arn] : [],
    )
    .filter((arn) => ofRole.has(arn))
    .sort();
  if (policies.length === 0) return [];
  const reason = { kind: "policies-differ", policies } as const;
  return [
    { reason, add: NO_LINES, remove: NO_LINES, settings: [], other: [], hint: "grantkeeper get drift" },
  ];
}

/** Tags and the description of a policy decide no request. */
function changesPermissions({ change, tier }: Drift): boolean {
  return change.kind === "policy-missing" || (change.kind === "policy-document" && tier === "security");
}
