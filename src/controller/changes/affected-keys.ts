import type { Desired, DesiredBinding } from "../../model/desired.ts";
import type { Key } from "../../model/keys/key.ts";
import type { ChangeEvent } from "../../model/changes/change-event.ts";

/** By object: the keys that a change of it concerns. IAM compares the names of roles without regard to case. */
export type AffectedKeys = ReadonlyMap<string, ReadonlySet<Key>>;

/** Of the objects that a revision names: roles, functions, its policies and those that its roles attach or have as boundary. */
export function affectedKeysOf({ bindings, policies }: Pick<Desired, "bindings" | "policies">): AffectedKeys {
  const found = new Map<string, Set<Key>>();
  const add = (object: string, key: Key): void => {
    const keys = found.get(object) ?? new Set();
    found.set(object, keys.add(key));
  };
  for (const binding of bindings.values()) {
    for (const object of objectsOf(binding)) add(object, binding.key);
  }
  for (const { arn, key } of policies.values()) add(arn, key);
  return found;
}

/** Sorted. */
export function keysOfChange({ accountId, object }: ChangeEvent, affected: AffectedKeys): readonly Key[] {
  const name = (): string => {
    if (object.kind === "policy") return object.arn;
    if (object.kind === "role") return roleName(accountId, object.name);
    return functionName(accountId, object.region, object.name);
  };
  return [...(affected.get(name()) ?? [])].sort();
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
