import type { DiffContext } from "./context.ts";
import type { InstanceName } from "../../model/aws/ids.ts";
import type { PastWrite } from "../../model/keys/key-record.ts";
import type { LivePolicy, LiveRole } from "../../model/live.ts";
import { INSTANCE_TAG, OWNER_TAG, sameTagKey, type Tag } from "../../model/aws/tag.ts";

/** A role or policy outside this path belongs to someone else, even if its tags name us. */
const OUR_PATH = "/grantkeeper/";
const SERVICE_LINKED_PATH = "/aws-service-role/";
/** The largest difference between a role's creation date and the time of the answer to our own CreateRole. */
const CREATION_SKEW_MS = 60_000;

export type Ownership =
  | { readonly kind: "ours" }
  /** Ours by its known id; its ownership tags are not as they were. */
  | { readonly kind: "tags-lost" }
  /** The ARN that we know with another id: what named the old one (KMS grants, policies) is broken. */
  | { readonly kind: "recreated"; readonly knownId: string }
  | { readonly kind: "unmodifiable"; readonly reason: string }
  /** `owner` is the `namespace/name` of another owner under our own instance, else null. */
  | { readonly kind: "foreign"; readonly owner: string | null; readonly reason: string };

/** The facts that decide who owns an object. */
export type OwnershipContext = Pick<DiffContext, "record" | "instance" | "writes">;

/** The owner as the owner tag has it. */
export function ownerOf({ namespace, name }: { readonly namespace: string; readonly name: string }): string {
  return `${namespace}/${name}`;
}

export function roleOwnership(role: LiveRole, owner: string, context: OwnershipContext): Ownership {
  if (role.path.startsWith(SERVICE_LINKED_PATH)) {
    return { kind: "unmodifiable", reason: `role ${role.name} is linked to an AWS service` };
  }
  const knownId = knownIdOf("role", role.arn, context);
  if (knownId !== null && isRecreated(role, context)) return { kind: "recreated", knownId };
  const { path, tags, roleId: id, name } = role;
  const adopted = context.record?.adoptedRole;
  const isAdopted = adopted?.arn === role.arn && adopted.roleId === id;
  return ownershipOf({ path, tags, id, knownId, type: "role", name, isAdopted }, owner, context);
}

export function policyOwnership(
  policy: Omit<LivePolicy, "tags"> & { readonly tags: readonly Tag[] },
  owner: string,
  context: OwnershipContext,
): Ownership {
  const knownId = knownIdOf("policy", policy.arn, context);
  const { path, tags, policyId: id, name } = policy;
  return ownershipOf({ path, tags, id, knownId, type: "policy", name, isAdopted: false }, owner, context);
}

interface OwnedObject {
  readonly path: string;
  readonly tags: readonly Tag[];
  readonly id: string;
  readonly knownId: string | null;
  readonly type: "role" | "policy";
  readonly name: string;
  /** Recorded as taken over in place: the only objects of ours that may be outside our path. */
  readonly isAdopted: boolean;
}

const OURS: Ownership = { kind: "ours" };

function ownershipOf(object: OwnedObject, owner: string, { instance }: OwnershipContext): Ownership {
  const isInPlace = object.path.startsWith(OUR_PATH) || object.isAdopted;
  if (isInPlace && hasOwnershipTags(object.tags, owner, instance)) return OURS;
  const called = `${object.type} ${object.name}`;
  if (!isInPlace) return foreign(`${called} is not below ${OUR_PATH}`);
  const ofInstance = tagValue(object.tags, INSTANCE_TAG);
  const ofOwner = tagValue(object.tags, OWNER_TAG);
  if (ofInstance !== null && ofInstance !== instance) {
    return foreign(`${called} belongs to the instance "${ofInstance}"`);
  }
  if (object.id === object.knownId) return { kind: "tags-lost" };
  if (ofInstance === null || ofOwner === null) return foreign(`${called} has no ownership tags`);
  return { kind: "foreign", owner: ofOwner, reason: `${called} belongs to ${ofOwner}` };
}

export function hasOwnershipTags(tags: readonly Tag[], owner: string, instance: InstanceName): boolean {
  return tagValue(tags, INSTANCE_TAG) === instance && tagValue(tags, OWNER_TAG) === owner;
}

function foreign(reason: string): Ownership {
  return { kind: "foreign", owner: null, reason };
}

function knownIdOf(
  type: "role" | "policy",
  arn: string,
  { record }: Pick<OwnershipContext, "record">,
): string | null {
  return record?.inventory.find((item) => item.type === type && item.id === arn)?.uniqueId ?? null;
}

/** True when the record knows the role's ARN with another id, and this one is not of our own making. */
export function isRecreated(role: LiveRole, context: Omit<OwnershipContext, "instance">): boolean {
  const knownId = knownIdOf("role", role.arn, context);
  if (knownId === null || knownId === role.roleId) return false;
  return !unconfirmedCreations(role.arn, context).some(
    (write) => Math.abs(role.createdAtMs - write.atMs) <= CREATION_SKEW_MS,
  );
}

/**
 * Our own CreateRole calls since the record learned the role's id, which happens only after the read-back. The roles
 * that they created are ours; a role that another principal created after that is not, however soon.
 */
export function unconfirmedCreations(
  arn: string,
  { record, writes }: Omit<OwnershipContext, "instance">,
): readonly PastWrite[] {
  const sinceMs = record?.roleKnownSinceMs ?? 0;
  return (writes.byTarget.get(arn) ?? []).filter(
    (write) => write.call === "iam:CreateRole" && write.atMs > sinceMs,
  );
}

export function tagValue(tags: readonly Tag[], key: string): string | null {
  // Most keys match exactly: the case of every key is folded only if none does.
  const found = tags.find((tag) => tag.key === key) ?? tags.find((tag) => sameTagKey(tag.key, key));
  return found?.value ?? null;
}

/** The tags that make a role ours; all others are part of its permissions and stay. */
export function ownershipTags(tags: readonly Tag[]): readonly Tag[] {
  return tags.filter(({ key }) => sameTagKey(key, INSTANCE_TAG) || sameTagKey(key, OWNER_TAG));
}
