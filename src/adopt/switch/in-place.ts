import {
  ownerRefusal,
  roleRefusals,
  stackRefusal,
  unlistedRefusal,
  type TakeOverRefusal,
} from "../../diff/role/take-over-refusals.ts";
import { INLINE_NAME } from "../../diff/documents/document-context.ts";
import { exceededQuotas, sizesInBetween } from "../../diff/role/role-quota.ts";
import type { Comparer } from "../../iam/compare/comparer.ts";
import { compiledDocumentText } from "../../iam/read/print.ts";
import { adoptableRoleProblem, MOST_ADOPTABLE } from "../../manifest/fields/adoptable-role.ts";
import { ROLE_PATH } from "../../manifest/fields/names.ts";
import { rolePathProblem } from "../../manifest/fields/role-path.ts";
import type { FunctionDeployer } from "../../model/answers/coverage.ts";
import type { DesiredAccount, DesiredRole } from "../../model/desired.ts";
import { DEFAULT_QUOTAS, type LiveRole } from "../../model/live.ts";
import type { TerraformState } from "../deployer/terraform-state.ts";
import {
  unreadText,
  type EstateFunction,
  type EstatePart,
  type RoleQuota,
  type RoleStack,
} from "../estate/estate.ts";
import type { AccountUses } from "./account-uses.ts";
import { stateRemovalCommand } from "./lookup-commands.ts";

/** Whether a manifest can take over the role that its function has, in the place of a switch to a new one. */
export type InPlace =
  /** Nothing that was read is against it. A stack of another region may own the role: the controller asks before it writes. */
  | {
      readonly kind: "offered";
      /** `spec.role` of the manifest, with the other fields that it has. */
      readonly role: Pick<LiveRole, "name" | "path"> & { readonly adopt: "reviewed" };
      /** The account lists the role in `adoptableRoles` already. */
      readonly isListed: boolean;
      /** What was not looked at, or could not be read, and may be against it. */
      readonly notSeen: readonly string[];
    }
  | { readonly kind: "refused"; readonly reasons: readonly TakeOverRefusal[] };

export interface TakeOverCandidate {
  readonly found: EstateFunction;
  readonly role: LiveRole;
  readonly stack: EstatePart<RoleStack>;
  /** Of the account; null: they were not read. */
  readonly quotas: RoleQuota["ofRole"] | null;
  /** As the manifest for the switch declares it. */
  readonly declared: DesiredRole;
  /** The manifest and the role are proved to mean the same. */
  readonly isProved: boolean;
  readonly deployer: FunctionDeployer;
}

export interface TakeOverSurroundings {
  readonly account: DesiredAccount;
  readonly uses: AccountUses;
  readonly terraform: TerraformState;
  readonly comparer: Comparer;
}

/** By the rules of the controller, and by what an import alone sees. */
export function inPlace(candidate: TakeOverCandidate, around: TakeOverSurroundings): InPlace {
  const { found, role, stack, declared, isProved } = candidate;
  const { account, comparer, uses, terraform } = around;
  const ofOwner = ownerRefusal(role, declared.tags);
  const reasons = [
    ...placeRefusals(role, account),
    ...(ofOwner === null ? [] : [ofOwner]),
    ...roleRefusals(role, { account, declared, comparer, wayOut: OWN_ROLE }),
    ...stackRefusals(stack),
    ...stateRefusals(terraform.roles.get(role.arn)),
    ...uses.othersOn(role.arn, found),
    ...(isProved ? [] : [NOT_PROVED]),
    ...sizeRefusals(candidate),
  ];
  if (reasons.length > 0) return { kind: "refused", reasons };
  const { name, path } = role;
  return {
    kind: "offered",
    role: { name, path, adopt: "reviewed" },
    isListed: unlistedRefusal(role.arn, account) === null,
    notSeen: [...unseenOwners(candidate), ...uses.unreadFor(found)],
  };
}

/** The manifest of the import declares a new role: it has no spec.role that could be removed. */
const OWN_ROLE = "leave out spec.role, so that the function gets a role of its own";
const NOT_PROVED: TakeOverRefusal = {
  kind: "difference",
  reason: "its manifest is not proved to grant exactly what the role grants",
  fix: "make them equal: the report lists what differs from AWS",
};

/** Whether the manifest could name the role, and the account could list it. */
function placeRefusals({ arn, path }: LiveRole, account: DesiredAccount): readonly TakeOverRefusal[] {
  const ofPath = rolePathProblem(path, "reviewed");
  if (ofPath !== null) return [{ kind: "place", reason: ofPath.message, fix: OWN_ROLE }];
  if (!ROLE_PATH.pattern.test(path))
    return [{ kind: "place", reason: `a manifest cannot name the path ${path}`, fix: OWN_ROLE }];
  const { id, partition, observer, writer, binder, adoptableRoles = [] } = account;
  const identities = [observer.roleArn, writer?.roleArn, binder?.roleArn];
  const problem = adoptableRoleProblem(arn, { id, partition, identities });
  if (problem !== null) return [{ kind: "place", reason: problem, fix: OWN_ROLE }];
  if (adoptableRoles.length < MOST_ADOPTABLE || unlistedRefusal(arn, account) === null) return [];
  const reason = `account ${account.name} lists ${adoptableRoles.length} roles in adoptableRoles, which is the most`;
  return [
    { kind: "place", reason, fix: "give the function a new role, or list this one once another is released" },
  ];
}

function stackRefusals(roleStack: EstatePart<RoleStack>): readonly TakeOverRefusal[] {
  if (roleStack.kind === "unknown" || roleStack.value.stack.kind !== "present") return [];
  return [stackRefusal(roleStack.value.stack.value, OWN_ROLE)];
}

function stateRefusals(address: string | undefined): readonly TakeOverRefusal[] {
  if (address === undefined) return [];
  const reason = `Terraform has it in its state as ${address}, and would write its policies again`;
  return [
    {
      kind: "terraform",
      reason,
      fix: "take it out of the configuration, and out of the state with the command",
      command: stateRemovalCommand(address),
    },
  ];
}

/** AWS's quotas hold in between, while the role has its own policies and those that Git declares. */
function sizeRefusals({ role, declared: ofGit, quotas }: TakeOverCandidate): readonly TakeOverRefusal[] {
  const { inline, attachments } = ofGit;
  const own = { name: INLINE_NAME, text: compiledDocumentText(inline) };
  const declared = {
    inline: inline.statements.length === 0 ? [] : [own],
    attachments: attachments.map(({ arn }) => arn),
  };
  const fix = "make its policies smaller first, or give the function a new role";
  const assumed =
    quotas === null ? ": a default of AWS, because the quotas of the account were not read" : "";
  return exceededQuotas(sizesInBetween(role, declared), quotas ?? DEFAULT_QUOTAS).map((reason) => {
    return { kind: "quota", reason: `${reason}${assumed}`, fix };
  });
}

function unseenOwners({ stack, deployer }: TakeOverCandidate): readonly string[] {
  return [unseenStack(stack, deployer), "states of Terraform that were not given, and other tools"];
}

/** A stack that owns the role is a refusal: here none was found. */
function unseenStack(roleStack: EstatePart<RoleStack>, deployer: FunctionDeployer): string {
  const reason = unaskedReason(roleStack);
  if (roleStack.kind === "known" && reason === null) {
    const regions = roleStack.value.regions.join(" and ");
    return `stacks of CloudFormation in regions other than ${regions}; in ${regions} no stack owns the role`;
  }
  const deploys =
    "stack" in deployer ? `; stack ${deployer.stack} deploys the function, and may own its role` : "";
  return `the stack of CloudFormation that may own the role, except by its tags (${reason})${deploys}`;
}

/** null: CloudFormation answered. */
function unaskedReason(roleStack: EstatePart<RoleStack>): string | null {
  if (roleStack.kind === "unknown") return unreadText(roleStack);
  return roleStack.value.stack.kind === "unknown" ? roleStack.value.stack.reason : null;
}
