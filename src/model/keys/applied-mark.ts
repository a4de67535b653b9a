import type { DesiredBinding } from "../desired.ts";
import { accountIdOf, type Key } from "./key.ts";
import type { AppliedState, KeyRecord } from "./key-record.ts";

/** What a new revision needs to know of an applied state. The state itself is most of a record. */
export interface AppliedMark {
  readonly key: Key;
  readonly applied: Pick<AppliedState, "revision" | "platformRevision">;
  /** The function and the role of a binding; null: a policy, or a binding that was released. */
  readonly claim: AppliedClaim | null;
}

interface AppliedClaim extends Pick<DesiredBinding, "accountId" | "region" | "functionName"> {
  readonly role: Pick<DesiredBinding["role"], "name" | "arn">;
}

/** null: nothing was applied. */
export function appliedMark({ key, applied }: Pick<KeyRecord, "key" | "applied">): AppliedMark | null {
  if (applied === null) return null;
  const { revision, platformRevision, desired } = applied;
  return {
    key,
    applied: { revision, ...(platformRevision !== undefined && { platformRevision }) },
    claim: desired.kind === "binding" ? claimOf(key, desired.binding) : null,
  };
}

function claimOf(key: Key, { region, functionName, role, released }: DesiredBinding): AppliedClaim | null {
  if (released === true) return null;
  const { name, arn } = role;
  return { accountId: accountIdOf(key), region, functionName, role: { name, arn } };
}
