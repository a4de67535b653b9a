import { nameInArn } from "../../model/aws/arn.ts";
import type { DesiredBinding } from "../../model/desired.ts";
import {
  liveFunction,
  liveRole,
  type LiveAccount,
  type LiveFunction,
  type LiveRole,
  type Reading,
} from "../../model/live.ts";
import { sortedSet } from "../../text/order.ts";
import type { ObservedRole } from "./accessed-use.ts";
import type { FunctionEvidence } from "./function-use.ts";
import type { ObservedRoles } from "./trail-usage.ts";

type FunctionAddress = Pick<DesiredBinding, "accountId" | "region" | "functionName">;

/** The roles of functions, from complete listings of an account with the versions of its functions. */
export class FunctionRoles {
  readonly #live: LiveAccount;
  /** By role ARN: the names of its functions, and how many there are in all regions. */
  readonly #users: ReadonlyMap<string, { readonly names: ReadonlySet<string>; readonly count: number }>;

  constructor(live: LiveAccount) {
    this.#live = live;
    this.#users = versionUsers(live);
  }

  /** The names of the functions on each role, for the sessions of CloudTrail. */
  observed(): ReadonlyMap<string, ReadonlySet<string>> {
    return new Map([...this.#users].map(([arn, { names }]) => [arn, names]));
  }

  evidenceOf({ accountId, region, functionName }: FunctionAddress): FunctionEvidence {
    const functionReading = liveFunction(this.#live, region, functionName);
    if (functionReading.kind === "unknown")
      return { kind: "unknown", because: `not read: ${functionReading.reason}` };
    if (functionReading.kind === "absent") return { kind: "unknown", because: "the function does not exist" };
    const { versions, roleArn } = functionReading.value;
    if (versions.kind !== "present")
      return { kind: "unknown", because: "the roles of its published versions were not read" };
    const roles: ObservedRole[] = [];
    for (const arn of sortedSet(rolesOf(functionReading.value))) {
      const role = roleAt(this.#live, arn);
      // Nothing can have used a deleted role since, and old versions name many.
      if (role.kind === "absent" && arn !== roleArn) continue;
      if (role.kind !== "present") return { kind: "unknown", because: `role ${nameInArn(arn)} was not read` };
      const { name, createdAtMs, lastUsedAtMs } = role.value;
      roles.push({ name, arn, createdAtMs, lastUsedAtMs, functions: this.#users.get(arn)?.count ?? 1 });
    }
    return { kind: "known", accountId, region, functionName, roles };
  }
}

/** A role of that name with another path is not the role: the one with this ARN was deleted. */
function roleAt(live: LiveAccount, arn: string): Reading<LiveRole> {
  const roleReading = liveRole(live, nameInArn(arn));
  return roleReading.kind === "present" && roleReading.value.arn !== arn ? { kind: "absent" } : roleReading;
}

function rolesOf({ roleArn, versions }: LiveFunction): readonly string[] {
  const published = versions.kind === "present" ? versions.value : [];
  return [roleArn, ...published.map((version) => version.roleArn)];
}

/** Of $LATEST and of published versions: each of them may have made a recorded use. */
function versionUsers({ regions }: LiveAccount) {
  const users = new Map<string, { readonly names: Set<string>; count: number }>();
  // A region that was not read may have further functions on any role.
  const unread = [...regions.values()].some((region) => region.kind !== "read") ? 1 : 0;
  for (const region of regions.values())
    for (const fn of region.kind === "read" ? region.functions.values() : [])
      for (const arn of new Set(rolesOf(fn))) {
        const before = users.get(arn) ?? { names: new Set(), count: unread };
        users.set(arn, { names: before.names.add(fn.name), count: before.count + 1 });
      }
  return users;
}

/** By account id. */
export function observedRoles(accounts: ReadonlyMap<string, FunctionRoles>): ObservedRoles {
  return new Map([...accounts].map(([id, roles]) => [id, roles.observed()]));
}
