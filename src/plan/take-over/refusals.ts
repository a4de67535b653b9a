import { ownershipTags, tagValue } from "../../diff/drift/ownership.ts";
import {
  ownerRefusal,
  roleRefusals,
  unlistedRefusal,
  type TakeOverRefusal,
} from "../../diff/role/take-over-refusals.ts";
import type { LiveRole } from "../../model/live.ts";
import type { Withheld } from "../../model/plan.ts";
import type { BindingScope } from "../inputs/scope.ts";
import { useRefusals } from "./uses.ts";

/** Why the role may not be taken over in place, as far as it was read; none: nothing that was read is against it. */
export function takeOverRefusals(scope: BindingScope, role: LiveRole): readonly Withheld[] {
  const found = [
    ...ownerRefusals(scope, role),
    ...roleRefusals(role, {
      account: scope.context.account,
      declared: scope.binding.role,
      comparer: scope.context.comparer,
    }),
  ];
  const conflicts = found.map(({ reason, fix }): Withheld => ({
    kind: "ownership-conflict",
    subject: role.arn,
    reason: `not taken over: ${reason}`,
    fix,
  }));
  return [...conflicts, ...useRefusals(scope, role)];
}

function ownerRefusals({ binding, context }: BindingScope, role: LiveRole): readonly TakeOverRefusal[] {
  if (role.arn !== binding.role.arn) {
    const reason = `the role in AWS is ${role.arn}`;
    return [{ kind: "place", reason, fix: "write role.path and role.name as they are in AWS" }];
  }
  const unlisted = unlistedRefusal(role.arn, context.account);
  if (unlisted !== null) return [unlisted];
  const ofOwner = ownerRefusal(role, binding.role.tags);
  return ofOwner === null ? [] : [ofOwner];
}

/** True if both ownership tags are those of the binding. */
export function isClaimed({ binding }: BindingScope, role: LiveRole): boolean {
  const wanted = ownershipTags(binding.role.tags);
  return wanted.every(({ key, value }) => tagValue(role.tags, key) === value);
}
