import { hasOwnershipTags, ownerOf } from "../../diff/drift/ownership.ts";
import type { InstanceName } from "../../model/aws/ids.ts";
import type { Desired, DesiredAccount, DesiredBinding } from "../../model/desired.ts";
import type { Key } from "../../model/keys/key.ts";
import { liveRole, type LiveAccount } from "../../model/live.ts";
import type { KeyRecord } from "../../model/keys/key-record.ts";

interface RecordFacts {
  /** Null: of a command without a record. */
  readonly history: object | null;
  readonly records: ReadonlyMap<Key, Pick<KeyRecord, "status">>;
  readonly desired: Desired;
  readonly account: DesiredAccount;
  readonly live: LiveAccount;
  readonly instance: InstanceName;
}

/**
 * By its record, this instance has written nothing in the account yet, and AWS has a role that it has made for a declared
 * function. Only the record and AWS count, which stay the same until the first write, also after a restart.
 */
export function isRecordLost(context: RecordFacts): boolean {
  const { history, records, desired, account } = context;
  if (history === null) return false;
  if ([...records.values()].some(({ status }) => hasWritten(status))) return false;
  const bindings = [...desired.bindings.values()].filter(({ accountId }) => accountId === account.id);
  return bindings.some((binding) => hasOwnRole(binding, context));
}

function hasOwnRole(binding: DesiredBinding, { live, instance }: RecordFacts): boolean {
  const role = liveRole(live, binding.role.name);
  return role.kind === "present" && hasOwnershipTags(role.value.tags, ownerOf(binding), instance);
}

/** `lastAttemptedRevision` is recorded before the first write. */
function hasWritten(status: KeyRecord["status"]): boolean {
  return status !== null && status.lastAttemptedRevision !== null;
}
