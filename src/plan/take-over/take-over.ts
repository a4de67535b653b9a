import { isInProof } from "../../model/keys/adoption.ts";
import { tagsText } from "../../diff/drift/setting-texts.ts";
import { ownershipTags, tagValue } from "../../diff/drift/ownership.ts";
import { adoptedRoleOf, isTakingOver } from "../../diff/role/take-over.ts";
import { contentDigest, contentOf, type AdoptedRole } from "../../model/keys/adopted-role.ts";
import type { DesiredBinding } from "../../model/desired.ts";
import type { KeyRecord } from "../../model/keys/key-record.ts";
import type { LiveRole } from "../../model/live.ts";
import type { KeyPlan, Withheld } from "../../model/plan.ts";
import { byTextOf } from "../../text/order.ts";
import type { BindingScope } from "../inputs/scope.ts";
import { draftOf, EMPTY_PART, withheldPart, type Draft, type Part } from "../order/draft.ts";
import { limitNote } from "../../model/keys/used-role.ts";
import {
  DECLARED_WAY_OUT,
  ownerRefusal,
  roleRefusals,
  unlistedRefusal,
  type TakeOverRefusal,
} from "../../diff/role/take-over-refusals.ts";
import { useRefusals } from "./uses.ts";

/**
 * What is planned for a role that Git takes over in place, until its policies may be replaced: nothing, or the
 * ownership tags alone. null: the role is recorded as it was, and is planned as any other. The limits of the rest of
 * the plan are known before the role is tagged.
 */
export function beforeTakeOver(scope: BindingScope, rest: (role: LiveRole) => Part): Part | null {
  const { binding, context, role, ownership } = scope;
  if (!isTakingOver(binding, context.record) || ownership?.kind === "recreated") return null;
  if (role === null) return withheldPart(missingRole(scope));
  const adopted = adoptedRoleOf(role.arn, context.record);
  if (adopted !== null && adopted.roleId !== role.roleId) return withheldPart(anotherRole(role, adopted));
  const refusals = takeOverRefusals(scope, role);
  if (refusals.length > 0) return withheldPart(...refusals);
  if (adopted !== null && adopted.changedAtMs !== null) return null;
  const { withheld } = rest(role);
  if (withheld.length > 0) return withheldPart(...withheld);
  if (!isProven(scope, role))
    return waiting(role, "it waits for the proof that its permissions stay the same");
  if (!isClaimed(scope, role)) return { ...EMPTY_PART, drafts: [claim(scope, role)] };
  if (adopted === null) return waiting(role, "what it is now is recorded first");
  return contentDigest(adopted.former) === contentDigest(contentOf(role))
    ? null
    : waiting(role, "it was changed since it was recorded, so that it is recorded again");
}

function missingRole({ binding: { role } }: BindingScope): Withheld {
  return {
    kind: "dependency",
    subject: role.arn,
    reason: `not taken over: role ${role.name} does not exist, and a role is created below /grantkeeper/ only`,
    fix: "correct role.name, or remove role.adopt and role.path",
  };
}

/** The proof, the approvals and the record are about the role that was deleted. */
function anotherRole({ arn, roleId }: LiveRole, adopted: AdoptedRole): Withheld {
  return {
    kind: "ownership-conflict",
    subject: arn,
    reason: `role ${arn} was deleted and created again while it was taken over: its id is ${roleId}, and was ${adopted.roleId}; nothing of it is written`,
    fix: "find out who created it; to take over the new role, release the function first (mode: release)",
  };
}

/** Two complete sweeps at least a day apart compared this very role, and it was not created again since. */
function isProven({ context: { record } }: BindingScope, role: LiveRole): boolean {
  const proof = record?.adoption?.proof ?? null;
  return proof !== null && proof.provenMs !== null && isInProof(proof.roles, role);
}

function waiting(role: LiveRole, reason: string): Part {
  return withheldPart({
    kind: "waiting",
    subject: role.arn,
    reason: `not taken over yet: ${reason}`,
    fix: null,
  });
}

/** Both ownership tags in one call, which is all of this stage. */
function claim({ binding }: BindingScope, role: LiveRole): Draft {
  const tags = ownershipTags(binding.role.tags);
  return draftOf({
    step: "restore",
    call: "iam:TagRole",
    input: { RoleName: role.name, Tags: tags.map(({ key, value }) => ({ Key: key, Value: value })) },
    target: role.arn,
    before: tagsText(role.tags),
    after: tagsText([...role.tags, ...tags].sort(byTextOf(({ key }) => key))),
    cause: "revision",
    origin: binding.role.origin,
  });
}

/** Why the writes of a role that Git takes over need an approval of their own, until it is applied; null: they need none. */
export function takeOverReason(
  binding: DesiredBinding,
  record: KeyRecord,
  { actions }: Pick<KeyPlan, "actions">,
): string | null {
  const { arn } = binding.role;
  const ofRole = actions.filter(({ target }) => target === arn);
  if (ofRole.length === 0 || !isTakingOver(binding, record)) return null;
  const adopted = adoptedRoleOf(arn, record);
  if (adopted === null)
    return `takes over ${arn} in place: it gets the two ownership tags, and nothing else of it changes`;
  const boundary = ofRole.find(({ call }) => call === "iam:PutRolePermissionsBoundary");
  const isLimit = boundary !== undefined && boundary.delta.noLongerAllowed.length > 0;
  const limit = isLimit && boundary.after !== null ? `; ${limitNote(boundary.after)}` : "";
  return `replaces the policies of ${arn}, which was taken over in place, by those that Git declares${limit}`;
}

/** Why the role may not be taken over in place, as far as it was read; none: nothing that was read is against it. */
function takeOverRefusals(scope: BindingScope, role: LiveRole): readonly Withheld[] {
  const found = [
    ...ownerRefusals(scope, role),
    ...roleRefusals(role, {
      account: scope.context.account,
      declared: scope.binding.role,
      comparer: scope.context.comparer,
      wayOut: DECLARED_WAY_OUT,
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
function isClaimed({ binding }: BindingScope, role: LiveRole): boolean {
  const wanted = ownershipTags(binding.role.tags);
  return wanted.every(({ key, value }) => tagValue(role.tags, key) === value);
}
