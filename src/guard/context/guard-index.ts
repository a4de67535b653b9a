import type { Desired, DesiredBinding, DesiredPolicy, Waiver } from "../../model/desired.ts";
import type { Key } from "../../model/keys/key.ts";
import type { LiveAccount, LiveFunction } from "../../model/live.ts";
import { complete, type Steps } from "../../model/values/steps.ts";
import { addTo, policiesByArn, waiversByRule } from "./declared.ts";
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
  const users = roleChecks.users.of(desired.bindings);
  yield;
  // Reads every document, so it is skipped if no role has such tags.
  const isTagged = [...judged].some((binding) => teamTags(binding).length > 0);
  return {
    functionsByRole: byRole,
    usersByPolicy: users,
    policiesByArn: policiesByArn(desired.policies),
    waivers: waiversByRule(desired.waivers),
    tagsRead: isTagged ? yield* tagsRead(desired, live, roleChecks) : new Set(),
    shared: new SharedDocuments(roleChecks.revisions.of(desired.bindings)),
  };
}

function functionsByRole(live: LiveAccount): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const region of live.regions.values()) {
    if (region.kind !== "read") continue;
    for (const fn of region.functions.values()) addFunction(found, fn);
  }
  for (const functions of found.values()) functions.sort();
  return found;
}

function addFunction(found: Map<string, string[]>, { arn, roleArn, versions }: LiveFunction): void {
  addTo(found, roleArn, arn);
  if (versions.kind !== "present") return;
  const others = new Set(versions.value.map((version) => version.roleArn));
  for (const role of others) if (role !== roleArn) addTo(found, role, arn);
}
