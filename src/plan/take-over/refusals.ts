import { documentContext } from "../../diff/documents/document-context.ts";
import { ownerOf, ownershipTags, sameTagKey, tagValue } from "../../diff/drift/ownership.ts";
import { releasedTags } from "../../diff/role/release.ts";
import { trustText } from "../../iam/trust.ts";
import { isTagOfTerraform, STACK_TAG } from "../../model/aws/deployer-tags.ts";
import { INSTANCE_TAG, OWNER_TAG } from "../../model/aws/tag.ts";
import type { LiveRole } from "../../model/live.ts";
import type { Withheld } from "../../model/plan.ts";
import type { BindingScope } from "../inputs/scope.ts";
import { isProtected } from "../role/extra-policies.ts";
import { stackRefusal, SWITCH, useRefusals, type TakeOverRefusal } from "./uses.ts";

/** Why the role may not be taken over in place, as far as it was read; none: nothing that was read is against it. */
export function takeOverRefusals(scope: BindingScope, role: LiveRole): readonly Withheld[] {
  const found = [
    ...ownerRefusals(scope, role),
    ...tagRefusals(scope, role),
    ...trustRefusals(scope, role),
    ...boundaryRefusals(scope, role),
    ...policyRefusals(scope, role),
    ...role.instanceProfiles.map((name) => ({
      reason: `instance profile ${name} contains the role: instances would get the permissions of the function`,
      fix: `remove it from the profile, or ${SWITCH}`,
    })),
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
    return [{ reason, fix: "write role.path and role.name as they are in AWS" }];
  }
  if (context.account.adoptableRoles?.includes(role.arn) !== true) {
    const reason = `account ${context.account.name} does not list it in adoptableRoles`;
    return [{ reason, fix: `the platform team adds it: adoptableRoles: ["${role.arn}"]` }];
  }
  const [instance, owner] = [tagValue(role.tags, INSTANCE_TAG), tagValue(role.tags, OWNER_TAG)];
  if (instance !== null && instance !== context.instance)
    return [{ reason: `it belongs to the instance "${instance}"`, fix: "release it there first" }];
  if (owner === null || owner === ownerOf(binding)) return [];
  return [{ reason: `it belongs to ${owner}`, fix: `release it there first: mode: release in ${owner}` }];
}

/** Tags are permissions: what is not declared would be removed, and the comparison does not see who reads it. */
function tagRefusals({ binding }: BindingScope, role: LiveRole): readonly TakeOverRefusal[] {
  const stack = tagValue(role.tags, STACK_TAG);
  if (stack !== null) return [stackRefusal(stack)];
  if (role.tags.some(isTagOfTerraform)) {
    const reason = "a tag shows that Terraform owns it";
    return [{ reason, fix: "take it out of the configuration and its state, then remove the tag" }];
  }
  const declared = releasedTags(binding.role.tags);
  return releasedTags(role.tags).flatMap(({ key, value }) => {
    const wanted = declared.find((tag) => sameTagKey(tag.key, key));
    if (wanted?.value === value) return [];
    const reason = `its tag ${key} would be ${wanted === undefined ? "removed" : "changed"}, which may be a permission`;
    return [{ reason, fix: `declare ${key}: "${value}" in role.tags, or change the tag first` }];
  });
}

/** In any wording; with the account as the only source too, if Git declares that. */
function trustRefusals({ binding, context }: BindingScope, role: LiveRole): readonly TakeOverRefusal[] {
  const ofTrust = documentContext(binding, "trust");
  const isOfLambda = [binding.role, {}].some(
    (one) => context.comparer.compareDocuments(role.trust, trustText(one), ofTrust) !== "security",
  );
  if (isOfLambda) return [];
  const reason = "its trust policy is not that of Lambda alone";
  return [{ reason, fix: `let only lambda.amazonaws.com assume it, or ${SWITCH}` }];
}

function boundaryRefusals({ context }: BindingScope, { boundary }: LiveRole): readonly TakeOverRefusal[] {
  if (boundary === null || context.account.boundaries.includes(boundary)) return [];
  const reason = `its boundary ${boundary} is none of the account's`;
  return [
    { reason, fix: "the platform team adds it to boundaries of the AwsAccount, or removes it from the role" },
  ];
}

function policyRefusals({ context }: BindingScope, role: LiveRole): readonly TakeOverRefusal[] {
  const objects = [
    ...role.inline.map(({ name }) => ({ kind: "inline", name }) as const),
    ...role.attachments.map((arn) => ({ kind: "attachment", arn }) as const),
  ];
  const found = objects.find((object) => isProtected(object, context.account.protectedPolicies));
  if (found === undefined) return [];
  const name = found.kind === "inline" ? `inline policy "${found.name}"` : found.arn;
  return [{ reason: `${name} restricts it on purpose`, fix: "remove it by hand once the incident is over" }];
}

/** True if both ownership tags are those of the binding. */
export function isClaimed({ binding }: BindingScope, role: LiveRole): boolean {
  const wanted = ownershipTags(binding.role.tags);
  return wanted.every(({ key, value }) => tagValue(role.tags, key) === value);
}
