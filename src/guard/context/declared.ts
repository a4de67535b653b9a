import type { Desired, DesiredBinding, DesiredPolicy, Waiver } from "../../model/desired.ts";
import type { Key } from "../../model/keys/key.ts";
import { byTextOf } from "../../text/order.ts";

/** By key of a ManagedPolicy: the bindings whose roles attach it, sorted by key. */
export function usersByPolicy(bindings: Desired["bindings"]): ReadonlyMap<Key, readonly DesiredBinding[]> {
  const users = new Map<Key, DesiredBinding[]>();
  for (const binding of bindings.values()) {
    const { attachments } = binding.role;
    if (attachments.length === 0) continue;
    const attached = new Set(attachments.map(({ policy }) => policy));
    for (const policy of attached) if (policy !== null) addTo(users, policy, binding);
  }
  for (const found of users.values()) found.sort(byTextOf(({ key }) => key));
  return users;
}

/** By ARN: the declared policies, which may be boundaries. */
export function policiesByArn(policies: Desired["policies"]): ReadonlyMap<string, readonly DesiredPolicy[]> {
  return Map.groupBy(policies.values(), ({ arn }) => arn);
}

/** By `waiverKey`. */
export function waiversByRule(waivers: readonly Waiver[]): ReadonlyMap<string, readonly Waiver[]> {
  return Map.groupBy(waivers, ({ rule, binding }) => waiverKey(rule, binding));
}

export function waiverKey(rule: string, binding: Key): string {
  return `${rule} ${binding}`;
}

export function addTo<Name, Item>(lists: Map<Name, Item[]>, name: Name, item: Item): void {
  const list = lists.get(name);
  if (list === undefined) lists.set(name, [item]);
  else list.push(item);
}
