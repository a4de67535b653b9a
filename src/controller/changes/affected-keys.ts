import { isBinding, type DesiredBinding, type DesiredPolicy } from "../../model/desired.ts";
import { nameInArn } from "../../model/aws/arn.ts";
import { getOrAdd } from "../../model/values/lists.ts";
import { accountIdOf, type Key } from "../../model/keys/key.ts";
import type { ChangedObject, ChangeEvent } from "../../model/changes/change-event.ts";
import { isAmong } from "../../model/changes/changed-object.ts";

export interface AffectedObject {
  readonly service: "iam" | "lambda";
  /** Of a function; null: IAM's objects have none. */
  readonly region: string | null;
  /** A role, policy or function is called by it. */
  readonly name: string;
  readonly keys: Set<Key>;
}

/** By `roleId`, `functionId` or a policy's ARN: the object, and the keys that a change of it concerns. */
export type AffectedKeys = ReadonlyMap<string, AffectedObject>;

/** Adds the objects of a state: a policy, or a function with its role and what the role attaches or has as boundary. */
export function addAffected(
  affected: Map<string, AffectedObject>,
  state: DesiredBinding | DesiredPolicy,
): void {
  const objects = isBinding(state) ? objectsOf(state) : [policyObject(state.arn)];
  for (const [id, object] of objects)
    getOrAdd(affected, id, () => ({ ...object, keys: new Set<Key>() })).keys.add(state.key);
}

/** Sorted. */
export function keysOfChange(
  { accountId, object }: Pick<ChangeEvent, "accountId" | "object">,
  affected: AffectedKeys,
): readonly Key[] {
  if (object.kind === "not-named") return keysOfNotNamed(accountId, object, affected);
  const id = (): string => {
    if (object.kind === "policy") return object.arn;
    if (object.kind === "role") return roleId(accountId, object.name);
    return functionId(accountId, object.region, object.name);
  };
  return [...(affected.get(id())?.keys ?? [])].sort();
}

/** Of every object that it may be. */
function keysOfNotNamed(
  accountId: string,
  { service, region, names }: Extract<ChangedObject, { readonly kind: "not-named" }>,
  affected: AffectedKeys,
): readonly Key[] {
  const mayBe = (object: AffectedObject): boolean =>
    object.service === service &&
    (service === "iam" || object.region === region) &&
    isAmong(object.name, names);
  const keys = [...affected.values()].filter(mayBe).flatMap((object) => [...object.keys]);
  return [...new Set(keys)].filter((key) => accountIdOf(key) === accountId).sort();
}

type NamedObject = readonly [id: string, object: Omit<AffectedObject, "keys">];

function objectsOf({ accountId, region, functionName: name, role }: DesiredBinding): readonly NamedObject[] {
  const policies = role.boundary === null ? role.attachments : [...role.attachments, role.boundary];
  return [
    [roleId(accountId, role.name), { service: "iam", region: null, name: role.name }],
    [functionId(accountId, region, name), { service: "lambda", region, name }],
    ...policies.map(({ arn }) => policyObject(arn)),
  ];
}

function policyObject(arn: string): NamedObject {
  return [arn, { service: "iam", region: null, name: nameInArn(arn) }];
}

/** IAM compares the names of roles without regard to case. */
function roleId(accountId: string, name: string): string {
  return `role ${accountId} ${name.toLowerCase()}`;
}

function functionId(accountId: string, region: string, name: string): string {
  return `function ${accountId} ${region} ${name}`;
}
