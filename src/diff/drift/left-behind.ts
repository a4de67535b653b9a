import { statementInId } from "../../model/aws/arns/statement-id.ts";
import { statementSids } from "../../iam/read/statement-sids.ts";
import { functionInArn, nameInArn, unqualifiedArn } from "../../model/aws/arn.ts";
import type { InstanceName } from "../../model/aws/ids.ts";
import { isBinding, type DesiredBinding, type DesiredPolicy } from "../../model/desired.ts";
import { keyParts } from "../../model/keys/key.ts";
import type { KeyRecord } from "../../model/keys/key-record.ts";
import { liveFunction, livePolicy, liveRole, type LiveAccount } from "../../model/live.ts";
import type { InventoryItem } from "../../model/status.ts";
import type { DiffContext } from "./context.ts";
import { hasOwnershipTags, ownerOf } from "./ownership.ts";

/** Where the objects of an inventory are looked for. */
export interface InventoryContext {
  readonly record: KeyRecord;
  readonly live: LiveAccount;
  readonly instance: InstanceName;
}

/** An object of an inventory that AWS still has, or that was not read. */
export interface RemainingItem {
  readonly item: InventoryItem;
  /** Why it is not known whether AWS still has it; null: AWS has it. */
  readonly unread: string | null;
}

/**
 * The objects of the inventory that the state does not name: the role before its name was changed, the statements of the
 * function before another one was declared. Only an object that was read without our ownership is no longer in AWS.
 * @param state null: no state is known, so it names nothing
 */
export function leftBehind(
  state: DesiredBinding | DesiredPolicy | null,
  context: InventoryContext,
): readonly RemainingItem[] {
  const others = context.record.inventory.filter((item) => state === null || !isNamed(item, state));
  return others.flatMap((item) => remaining(item, context));
}

/** The same for a key that may have no record. */
export function leftBehindOf(
  state: DesiredBinding | DesiredPolicy,
  { record, live, instance }: Pick<DiffContext, "record" | "live" | "instance">,
): readonly RemainingItem[] {
  return record === null ? [] : leftBehind(state, { record, live, instance });
}

export function leftBehindText({ item, unread }: RemainingItem): string {
  const text = `${item.id} is no longer declared in Git and is kept`;
  return unread === null ? text : `${text}, as far as is known: ${unread}`;
}

/** The statements of the function's policies that the inventory has and that could not be read. */
export function unreadStatements(
  { functionArn }: DesiredBinding,
  context: InventoryContext,
): readonly RemainingItem[] {
  return context.record.inventory
    .filter((item) => isStatementOf(item, functionArn))
    .flatMap((item) => remaining(item, context))
    .filter(({ unread }) => unread !== null);
}

/** A release leaves statements to the next owner, so a released state names all of them. */
function isNamed(item: InventoryItem, state: DesiredBinding | DesiredPolicy): boolean {
  if (!isBinding(state)) return item.id === state.arn;
  if (item.type === "role") return item.id === state.role.arn;
  return state.released === true ? item.type === "statement" : isStatementOf(item, state.functionArn);
}

/** @param arn without a qualifier: its statements with every qualifier and without one; with a qualifier: those of it */
export function isStatementOf({ type, id }: InventoryItem, arn: string): boolean {
  const statement = type === "statement" ? statementInId(id) : null;
  return statement !== null && (statement.arn === arn || unqualifiedArn(statement.arn) === arn);
}

function remaining(item: InventoryItem, context: InventoryContext): readonly RemainingItem[] {
  const presence = PRESENCE[item.type](item, context);
  if (presence.kind === "absent") return [];
  return [{ item, unread: presence.kind === "unknown" ? presence.reason : null }];
}

type Presence =
  { readonly kind: "present" | "absent" } | { readonly kind: "unknown"; readonly reason: string };

const PRESENCE = {
  role: rolePresence,
  policy: policyPresence,
  statement: statementPresence,
} as const satisfies Record<
  InventoryItem["type"],
  (item: InventoryItem, context: InventoryContext) => Presence
>;

function rolePresence({ id, uniqueId }: InventoryItem, context: InventoryContext): Presence {
  const reading = liveRole(context.live, nameInArn(id));
  if (reading.kind !== "present") return reading;
  const { arn, roleId, tags } = reading.value;
  return presentIf(arn === id && roleId === uniqueId && isTagged(tags, context));
}

function policyPresence({ id, uniqueId }: InventoryItem, context: InventoryContext): Presence {
  const reading = livePolicy(context.live, id);
  if (reading.kind !== "present") return reading;
  const { policyId, tags } = reading.value;
  if (policyId !== uniqueId) return { kind: "absent" };
  return tags.kind === "present" ? presentIf(isTagged(tags.value, context)) : { kind: "present" };
}

function statementPresence({ id }: InventoryItem, { record, live }: InventoryContext): Presence {
  const statement = statementInId(id);
  const place = statement === null ? null : functionInArn(statement.arn);
  const parts = keyParts(record.key);
  if (statement === null || place === null || parts.kind !== "function")
    throw new Error(`not a statement of ${record.key}: "${id}"`);
  const reading = liveFunction(live, parts.region, place.name);
  if (reading.kind !== "present") return reading;
  const policy = reading.value.policies.get(place.qualifier ?? "");
  if (policy === undefined) return { kind: "unknown", reason: `the policy of ${statement.arn} was not read` };
  return policy.kind === "present"
    ? presentIf(statementSids(policy.value.text).includes(statement.sid))
    : policy;
}

function isTagged(
  tags: Parameters<typeof hasOwnershipTags>[0],
  { record, instance }: InventoryContext,
): boolean {
  return hasOwnershipTags(tags, ownerOf(keyParts(record.key)), instance);
}

function presentIf(isPresent: boolean): Presence {
  return { kind: isPresent ? "present" : "absent" };
}
