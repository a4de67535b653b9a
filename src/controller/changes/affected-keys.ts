import { isBinding, type DesiredBinding, type DesiredPolicy } from "../../model/desired.ts";
import { nameInArn } from "../../model/aws/arn.ts";
import { keyParts, type Key } from "../../model/keys/key.ts";
import type { ChangedObject, ChangeEvent } from "../../model/changes/change-event.ts";
import { isAmong } from "../../model/changes/changed-object.ts";

/** By object: the keys that a change of it concerns. IAM compares the names of roles without regard to case. */
export type AffectedKeys = ReadonlyMap<string, ReadonlySet<Key>>;

/** Adds the objects of a state: a policy, or a function with its role and what the role attaches or has as boundary. */
export function addAffected(affected: Map<string, Set<Key>>, state: DesiredBinding | DesiredPolicy): void {
  for (const object of isBinding(state) ? objectsOf(state) : [state.arn]) {
    const keys = affected.get(object) ?? new Set();
    affected.set(object, keys.add(state.key));
  }
}

/** Sorted. */
export function keysOfChange(
  { accountId, object }: Pick<ChangeEvent, "accountId" | "object">,
  affected: AffectedKeys,
): readonly Key[] {
  if (object.kind === "not-named") return keysOfNotNamed(accountId, object, affected);
  const name = (): string => {
    if (object.kind === "policy") return object.arn;
    if (object.kind === "role") return roleName(accountId, object.name);
    return functionName(accountId, object.region, object.name);
  };
  return [...(affected.get(name()) ?? [])].sort();
}

/** Of every object that it may be. */
function keysOfNotNamed(
  accountId: string,
  { service, region, names }: Extract<ChangedObject, { readonly kind: "not-named" }>,
  affected: AffectedKeys,
): readonly Key[] {
  const starts =
    service === "lambda" ? [functionName(accountId, region, "")] : [roleName(accountId, ""), "arn:"];
  const keys = [...affected].flatMap(([object, ofObject]) => {
    const isOfService = starts.some((start) => object.startsWith(start));
    const name = nameInArn(object.slice(object.lastIndexOf(" ") + 1));
    return isOfService && isAmong(name, names) ? [...ofObject] : [];
  });
  return [...new Set(keys)].filter((key) => keyParts(key).accountId === accountId).sort();
}

function objectsOf({ accountId, region, functionName: name, role }: DesiredBinding): readonly string[] {
  return [
    roleName(accountId, role.name),
    functionName(accountId, region, name),
    ...role.attachments.map(({ arn }) => arn),
    ...(role.boundary === null ? [] : [role.boundary.arn]),
  ];
}

function roleName(accountId: string, name: string): string {
  return `role ${accountId} ${name.toLowerCase()}`;
}

function functionName(accountId: string, region: string, name: string): string {
  return `function ${accountId} ${region} ${name}`;
}
