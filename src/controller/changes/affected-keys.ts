import { isBinding, type DesiredBinding, type DesiredPolicy } from "../../model/desired.ts";
import type { Key } from "../../model/keys/key.ts";
import type { ChangeEvent } from "../../model/changes/change-event.ts";

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
