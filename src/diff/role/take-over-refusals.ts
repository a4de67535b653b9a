import type { Comparer } from "../../iam/compare/comparer.ts";
import { trustText } from "../../iam/trust.ts";
import { isTagOfTerraform, STACK_TAG } from "../../model/aws/deployer-tags.ts";
import { INSTANCE_TAG, OWNER_TAG, sameTagKey, type Tag } from "../../model/aws/tag.ts";
import type { DesiredAccount, DesiredRole } from "../../model/desired.ts";
import type { LiveRole } from "../../model/live.ts";
import { documentContext } from "../documents/document-context.ts";
import { tagValue } from "../drift/ownership.ts";
import { isProtected } from "./protected-policies.ts";
import { releasedTags } from "./release.ts";

export interface TakeOverRefusal {
  readonly kind:
    | "boundary"
    | "difference"
    | "instance-profile"
    | "owner"
    | "place"
    | "quota"
    | "restricted"
    | "shared"
    | "stack"
    | "tag"
    | "terraform"
    | "trust"
    | "unlisted";
  readonly reason: string;
  readonly fix: string;
  /** For a person, which `fix` introduces. Missing: there is none. */
  readonly command?: string;
}

/** The way out of a manifest that names a role which can't be taken over. */
export const DECLARED_WAY_OUT =
  "remove role.adopt and role.path, so that the function gets a role of its own";

/** What the role is compared with. */
export interface TakeOverRules {
  readonly account: DesiredAccount;
  /** As the manifest declares it. */
  readonly declared: Pick<DesiredRole, "tags" | "sourceAccount">;
  readonly comparer: Comparer;
  /** How the function gets a new role, for whom the refusal is shown to. */
  readonly wayOut: string;
}

/** Why this role may not be taken over in place, as far as the role itself and the lists of its account decide. */
export function roleRefusals(role: LiveRole, rules: TakeOverRules): readonly TakeOverRefusal[] {
  return [
    ...tagRefusals(role, rules),
    ...trustRefusals(role, rules),
    ...boundaryRefusals(role, rules),
    ...policyRefusals(role, rules),
    ...role.instanceProfiles.map((name) => ({
      kind: "instance-profile" as const,
      reason: `instance profile ${name} contains the role: instances would get the permissions of the function`,
      fix: `remove it from the profile, or ${rules.wayOut}`,
    })),
  ];
}

/** The platform has not listed the role; null: it has. */
export function unlistedRefusal(
  arn: string,
  { name, adoptableRoles }: Pick<DesiredAccount, "name" | "adoptableRoles">,
): TakeOverRefusal | null {
  if (adoptableRoles?.some((one) => one === arn) === true) return null;
  const reason = `account ${name} does not list it in adoptableRoles`;
  return { kind: "unlisted", reason, fix: `the platform team adds it: adoptableRoles: ["${arn}"]` };
}

/** Another owner has it by its tags; null: none has. `wanted` are the tags of the binding that takes it over. */
export function ownerRefusal(
  { tags }: Pick<LiveRole, "tags">,
  wanted: readonly Tag[],
): TakeOverRefusal | null {
  const [instance, owner] = [tagValue(tags, INSTANCE_TAG), tagValue(tags, OWNER_TAG)];
  if (instance !== null && instance !== tagValue(wanted, INSTANCE_TAG))
    return {
      kind: "owner",
      reason: `it belongs to the instance "${instance}"`,
      fix: "release it there first",
    };
  if (owner === null || owner === tagValue(wanted, OWNER_TAG)) return null;
  return {
    kind: "owner",
    reason: `it belongs to ${owner}`,
    fix: `release it there first: mode: release in ${owner}`,
  };
}

/** Tags are permissions: what is not declared would be removed, and the comparison does not see who reads it. */
function tagRefusals(
  role: LiveRole,
  { declared: { tags }, wayOut }: TakeOverRules,
): readonly TakeOverRefusal[] {
  const stack = tagValue(role.tags, STACK_TAG);
  if (stack !== null) return [stackTagRefusal(stack, wayOut)];
  if (role.tags.some(isTagOfTerraform)) {
    const reason = "a tag shows that Terraform owns it";
    return [
      {
        kind: "terraform",
        reason,
        fix: "take it out of the configuration and its state, then remove the tag",
      },
    ];
  }
  const declared = releasedTags(tags);
  return releasedTags(role.tags).flatMap(({ key, value }) => {
    const wanted = declared.find((tag) => sameTagKey(tag.key, key));
    if (wanted?.value === value) return [];
    const reason = `its tag ${key} would be ${wanted === undefined ? "removed" : "changed"}, which may be a permission`;
    return [{ kind: "tag", reason, fix: `declare ${key}: "${value}" in role.tags, or change the tag first` }];
  });
}

/** In any wording; with the account as the only source too, if Git declares that. */
function trustRefusals(
  role: LiveRole,
  { account, declared, comparer, wayOut }: TakeOverRules,
): readonly TakeOverRefusal[] {
  const ofTrust = documentContext({ partition: account.partition, accountId: account.id }, "trust");
  const isOfLambda = [declared, {}].some(
    (one) => comparer.compareDocuments(role.trust, trustText(one), ofTrust) !== "security",
  );
  if (isOfLambda) return [];
  const reason = "its trust policy is not that of Lambda alone";
  return [{ kind: "trust", reason, fix: `let only lambda.amazonaws.com assume it, or ${wayOut}` }];
}

function boundaryRefusals({ boundary }: LiveRole, { account }: TakeOverRules): readonly TakeOverRefusal[] {
  if (boundary === null || account.boundaries.includes(boundary)) return [];
  const reason = `its boundary ${boundary} is none of the account's`;
  const fix = "the platform team adds it to boundaries of the AwsAccount, or removes it from the role";
  return [{ kind: "boundary", reason, fix }];
}

function policyRefusals(role: LiveRole, { account }: TakeOverRules): readonly TakeOverRefusal[] {
  const objects = [
    ...role.inline.map(({ name }) => ({ kind: "inline", name }) as const),
    ...role.attachments.map((arn) => ({ kind: "attachment", arn }) as const),
  ];
  const found = objects.find((object) => isProtected(object, account.protectedPolicies));
  if (found === undefined) return [];
  const name = found.kind === "inline" ? `inline policy "${found.name}"` : found.arn;
  return [
    {
      kind: "restricted",
      reason: `${name} restricts it on purpose`,
      fix: "remove it by hand once the incident is over",
    },
  ];
}

/** The tag stays on a role that its stack retained: it does not show whether the stack still owns the role. */
function stackTagRefusal(stack: string, wayOut: string): TakeOverRefusal {
  return {
    kind: "stack",
    reason: `its tags show that stack ${stack} of CloudFormation created it, and may write its policies again`,
    fix: `${wayOut}: these tags stay on a role that a stack retains, and AWS lets no one remove them`,
  };
}

export function stackRefusal(stack: string, wayOut: string): TakeOverRefusal {
  const reason = `stack ${stack} of CloudFormation owns it, and would write its policies again`;
  return {
    kind: "stack",
    reason,
    fix: `take the role out of the stack with DeletionPolicy: Retain, or ${wayOut}`,
  };
}
