import type { Desired, DesiredBinding, DesiredPolicy, Waiver } from "../model/desired.ts";
import type { Key } from "../model/keys/key.ts";
import type { LiveAccount, LiveFunction } from "../model/live.ts";
import { complete, type Steps } from "../model/values/steps.ts";
import { byTextOf } from "../text/order.ts";
import type { RoleChecks } from "./role-checks.ts";
import { SharedDocuments } from "./shared-documents.ts";
import { tagsRead, teamTags } from "./tag-keys.ts";

/**
 * Lookups that the rules need for each of thousands of subjects. Built once for all subjects, since a search for each
 * would take quadratic time.
 */
export interface GuardIndex {
  /** By ARN of a role: the ARNs of the functions that run on it or have a published version that does, sorted. Empty offline. */
  readonly functionsByRole: ReadonlyMap<string, readonly string[]>;
  /** By key of a ManagedPolicy: the bindings whose roles attach it, sorted by key. */
  readonly usersByPolicy: ReadonlyMap<Key, readonly DesiredBinding[]>;
  /** By ARN: the declared policies, which may be boundaries. */
  readonly policiesByArn: ReadonlyMap<string, readonly DesiredPolicy[]>;
  /** By `waiverKey`. */
  readonly waivers: ReadonlyMap<string, readonly Waiver[]>;
  /** Keys (lower-case) of the tags that a known document reads from its caller. Empty if no judged binding has tags. */
  readonly tagsRead: ReadonlySet<string>;
  readonly shared: SharedDocuments;
}

interface Indexed {
  readonly desired: Pick<Desired, "bindings" | "policies" | "waivers">;
  /** null offline. */
  readonly live: LiveAccount | null;
  /** The bindings to judge. */
  readonly judged: Iterable<DesiredBinding>;
  readonly roleChecks: RoleChecks;
}

export function guardIndex(indexed: Indexed): GuardIndex {
  return complete(guardIndexSteps(indexed));
}

export function* guardIndexSteps({ desired, live, judged, roleChecks }: Indexed): Steps<GuardIndex> {
  const byRole = live === null ? new Map<string, readonly string[]>() : functionsByRole(live);
  yield;
  const byPolicy = usersByPolicy(desired.bindings.values());
  yield;
  // Reads every document, so it is skipped if no role has such tags.
  const isTagged = [...judged].some((binding) => teamTags(binding).length > 0);
  return {
    functionsByRole: byRole,
    usersByPolicy: byPolicy,
    policiesByArn: Map.groupBy(desired.policies.values(), ({ arn }) => arn),
    waivers: Map.groupBy(desired.waivers, ({ rule, binding }) => waiverKey(rule, binding)),
    tagsRead: isTagged
      ? yield* tagsRead(desired, live, (document) => roleChecks.tagKeys.of(document))
      : new Set(),
    shared: new SharedDocuments(),
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
  for (const found of users.values()) found.sort(byTextOf(({ key }) => key));
  return users;
}

function addTo<Name, Item>(lists: Map<Name, Item[]>, name: Name, item: Item): void {
  const list = lists.get(name);
  if (list === undefined) lists.set(name, [item]);
  else list.push(item);
}
