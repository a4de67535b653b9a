import { statementId, statementInId } from "../../model/aws/arns/statement-id.ts";
import type { RecentWrites } from "../../diff/drift/recent-writes.ts";
import { isStatementOf, leftBehind } from "../../diff/drift/left-behind.ts";
import { isRecreated, unconfirmedCreations } from "../../diff/drift/ownership.ts";
import { callerSidPrefix, isOurSid } from "../../iam/compare/sid.ts";
import { type DesiredBinding, type DesiredPolicy, isBinding } from "../../model/desired.ts";
import type { InstanceName } from "../../model/aws/ids.ts";
import type { KeyRecord } from "../../model/keys/key-record.ts";
import {
  liveFunction,
  livePolicy,
  liveRole,
  type LiveAccount,
  type LivePolicy,
  type LiveRole,
} from "../../model/live.ts";
import type { InventoryItem } from "../../model/status.ts";
import { INSTANCE_TAG, OWNER_TAG, type Tag } from "../../model/aws/tag.ts";
import { byTextOf } from "../../text/order.ts";
import { statementSids } from "../../iam/read/statement-sids.ts";

/** The inputs of an inventory, in addition to the state itself. */
export interface InventorySeen {
  /** The previous inventory. */
  readonly record: KeyRecord;
  readonly live: LiveAccount;
  /** Includes the writes of this pass. */
  readonly writes: RecentWrites;
  readonly instance: InstanceName;
}

/**
 * The objects of this state that exist in AWS and are ours: the only objects that pruning may delete later. An object
 * that could not be read stays in the inventory; an absent one is removed. A role that was deleted and created again
 * in AWS keeps its old id here, so that the next pass detects it.
 */
export function inventoryOf(
  state: DesiredBinding | DesiredPolicy | null,
  seen: InventorySeen,
): readonly InventoryItem[] {
  const named = namedItems(state, seen);
  const left = leftBehind(state, seen).map(({ item }) => item);
  // A role keeps its path: if Git declares another path, the role is both named by the state and left behind.
  const others = left.filter(({ id }) => !named.some((item) => item.id === id));
  return [...named, ...others].sort(byTextOf(({ id }) => id));
}

function namedItems(state: DesiredBinding | DesiredPolicy | null, seen: InventorySeen): InventoryItem[] {
  if (state === null) return [];
  if (!isBinding(state)) return policyItems(state, seen);
  return [...roleItems(state, seen), ...(state.released === true ? [] : statementItems(state, seen))];
}

/** When the record learned the id of the role in this inventory; null if it has none. */
export function roleKnownSince(
  inventory: readonly InventoryItem[],
  before: KeyRecord,
  nowMs: number,
): number | null {
  const idsIn = (items: readonly InventoryItem[]): string =>
    JSON.stringify(items.flatMap(({ type, id, uniqueId }) => (type === "role" ? [[id, uniqueId]] : [])));
  if (!inventory.some(({ type }) => type === "role")) return null;
  return idsIn(inventory) === idsIn(before.inventory) ? (before.roleKnownSinceMs ?? null) : nowMs;
}

function roleItems(binding: DesiredBinding, seen: InventorySeen): InventoryItem[] {
  const { record, live, instance } = seen;
  const { arn } = binding.role;
  const known = record.inventory.filter((item) => item.type === "role" && item.id === arn);
  const reading = liveRole(live, binding.role.name);
  // Our create call succeeded, so the old object was gone at that time.
  if (reading.kind === "unknown") return unconfirmedCreations(arn, seen).length > 0 ? [] : known;
  if (reading.kind === "absent") return [];
  const role = reading.value;
  if (isRecreated(role, seen)) return known;
  const isKnown = binding.released !== true && known.some((item) => item.uniqueId === role.roleId);
  const ours = isKnown || isOurs(role, owner(binding), instance);
  return ours ? [{ type: "role", id: role.arn, uniqueId: role.roleId }] : [];
}

function policyItems(policy: DesiredPolicy, { record, live, instance }: InventorySeen): InventoryItem[] {
  const before = record.inventory.filter(({ id }) => id === policy.arn);
  if (policy.use === "boundary") return [];
  const reading = livePolicy(live, policy.arn);
  if (reading.kind === "unknown") return before;
  if (reading.kind === "absent") return [];
  const found = reading.value;
  const ours =
    isOurs(found, owner(policy), instance) || before.some((item) => item.uniqueId === found.policyId);
  return ours ? [{ type: "policy", id: found.arn, uniqueId: found.policyId }] : [];
}

function statementItems(binding: DesiredBinding, { record, live, instance }: InventorySeen): InventoryItem[] {
  const known = record.inventory.filter((item) => isStatementOf(item, binding.functionArn));
  const reading = liveFunction(live, binding.region, binding.functionName);
  if (reading.kind === "unknown") return known;
  if (reading.kind === "absent") return [];
  const read = [...reading.value.policies];
  const prefix = callerSidPrefix(instance, owner(binding));
  const seen = read.flatMap(([qualifier, policy]) =>
    policy.kind !== "present"
      ? []
      : statementSids(policy.value.text)
          .filter((sid) => isOurSid(sid, prefix))
          .map((sid) => statementItem(binding, qualifier, sid)),
  );
  const unread = known.filter(
    (item) =>
      !read.some(
        ([qualifier, policy]) =>
          policy.kind !== "unknown" && statementInId(item.id)?.arn === qualified(binding, qualifier),
      ),
  );
  return [...seen, ...unread];
}

function statementItem(binding: DesiredBinding, qualifier: string, sid: string): InventoryItem {
  return { type: "statement", id: statementId(qualified(binding, qualifier), sid), uniqueId: null };
}

function qualified(binding: DesiredBinding, qualifier: string): string {
  return qualifier === "" ? binding.functionArn : `${binding.functionArn}:${qualifier}`;
}

function owner(state: DesiredBinding | DesiredPolicy): string {
  return `${state.namespace}/${state.name}`;
}

function isOurs(object: LiveRole | LivePolicy, ownerName: string, instance: InstanceName): boolean {
  const tags: readonly Tag[] = Array.isArray(object.tags)
    ? object.tags
    : "kind" in object.tags && object.tags.kind === "present"
      ? object.tags.value
      : [];
  return (
    tags.some((tag) => tag.key === INSTANCE_TAG && tag.value === instance) &&
    tags.some((tag) => tag.key === OWNER_TAG && tag.value === ownerName)
  );
}
