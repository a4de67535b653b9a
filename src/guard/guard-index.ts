import type { Desired, DesiredBinding, Waiver } from "../model/desired.ts";
import type { Key } from "../model/key.ts";
import type { LiveAccount, LiveFunction } from "../model/live.ts";

/**
 * What the rules look up for each of thousands of subjects: made once for all of them, since a search for each takes the
 * square of their number.
 */
export interface GuardIndex {
  /** By ARN of a role: the ARNs of the functions that run on it or have a published version that does, sorted. Empty offline. */
  readonly functionsByRole: ReadonlyMap<string, readonly string[]>;
  /** By key of a ManagedPolicy: the bindings whose roles attach it, sorted by key. */
  readonly usersByPolicy: ReadonlyMap<Key, readonly DesiredBinding[]>;
  /** By `waiverKey`. */
  readonly waivers: ReadonlyMap<string, readonly Waiver[]>;
}

export function guardIndex(
  { bindings, waivers }: Pick<Desired, "bindings" | "waivers">,
  live: LiveAccount | null,
): GuardIndex {
  return {
    functionsByRole: live === null ? new Map() : functionsByRole(live),
    usersByPolicy: usersByPolicy(bindings.values()),
    waivers: Map.groupBy(waivers, ({ rule, binding }) => waiverKey(rule, binding)),
  };
}

export function waiverKey(rule: string, binding: Key): string {
  return `${rule} ${binding}`;
}

function functionsByRole(live: LiveAccount): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const region of live.regions.values()) {
    if (region.kind !== "read") continue;
    for (const fn of region.functions.values())
      for (const role of rolesOf(fn)) addTo(found, role, fn.arn as string);
  }
  for (const functions of found.values()) functions.sort();
  return found;
}

function rolesOf({ roleArn, versions }: LiveFunction): ReadonlySet<string> {
  const published = versions.kind === "present" ? versions.value.map((version) => version.roleArn) : [];
  return new Set([roleArn, ...published]);
}

function usersByPolicy(bindings: Iterable<DesiredBinding>): ReadonlyMap<Key, readonly DesiredBinding[]> {
  const users = new Map<Key, DesiredBinding[]>();
  for (const binding of bindings) {
    const attached = new Set(binding.role.attachments.map(({ policy }) => policy));
    for (const policy of attached) if (policy !== null) addTo(users, policy, binding);
  }
  for (const found of users.values()) found.sort((a, b) => (a.key < b.key ? -1 : 1));
  return users;
}

function addTo<Name, Item>(lists: Map<Name, Item[]>, name: Name, item: Item): void {
  const list = lists.get(name);
  if (list === undefined) lists.set(name, [item]);
  else list.push(item);
}
