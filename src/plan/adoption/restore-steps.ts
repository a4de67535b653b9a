import { managedText, rolePermissions, type RoleDocuments } from "../../diff/documents/permissions.ts";
import { ownershipTags } from "../../diff/drift/ownership.ts";
import { settingsText, tagsText } from "../../diff/drift/setting-texts.ts";
import { permissionDelta } from "../../iam/compare/delta.ts";
import type { DesiredBinding } from "../../model/desired.ts";
import { contentOf, type RoleContent } from "../../model/keys/adopted-role.ts";
import type { LiveRole } from "../../model/live.ts";
import type { PlanContext } from "../inputs/context.ts";
import { draftOf, type Draft } from "../order/draft.ts";
import { byStep } from "../order/steps.ts";
import { isNarrowerBoundary, mayContainDeny } from "./safe-order.ts";
import { trustOrder, type TrustOrder } from "./trust-order.ts";

/** A role of ours, and what it was before it was taken over. */
export interface RoleToRestore {
  readonly binding: DesiredBinding;
  readonly role: LiveRole;
  readonly former: RoleContent;
  readonly context: PlanContext;
}

/**
 * The calls that restore the former content. First every policy is added that the role lacks, so that no permission that
 * both states have is missing in between; what is overwritten or removed waits until AWS shows the additions. Policies with
 * a Deny are the first that are added and the last that are removed. The ownership tags are removed last: without them the
 * writer may write nothing more to the role.
 */
export function restoreSteps(restored: RoleToRestore): readonly Draft[] {
  return [
    ...trustSteps(restored),
    ...withDeltas(restored, documentMoves(restored)),
    ...settingsSteps(restored),
    ...tagSteps(restored),
    releaseStep(restored),
  ];
}

type Essential = Pick<Draft, "step" | "call" | "input" | "before" | "after"> & Partial<Draft>;

function step({ role, binding }: RoleToRestore, essential: Essential): Draft {
  const { input, ...rest } = essential;
  return draftOf({
    ...rest,
    input: { RoleName: role.name, ...input },
    target: role.arn,
    cause: "operator",
    origin: binding.role.origin,
  });
}

function trustSteps(restored: RoleToRestore): readonly Draft[] {
  const { role, former } = restored;
  if (role.trust === former.trust) return [];
  const input = { PolicyDocument: former.trust };
  const call = "iam:UpdateAssumeRolePolicy";
  // A principal that the role does not trust now must not get its present permissions.
  const at = orderOfTrust(restored) === "first" ? "write-trust" : "update-settings";
  return [step(restored, { step: at, call, input, before: role.trust, after: former.trust })];
}

export function orderOfTrust({ binding, role, former }: RoleToRestore): TrustOrder {
  return trustOrder({ binding, now: role.trust, former: former.trust });
}

/** The documents of the role before the first call and after each one. */
export function restoreMoments(restored: RoleToRestore): readonly RoleDocuments[] {
  const moments: RoleContentDocuments[] = [contentOf(restored.role)];
  for (const { apply } of documentMoves(restored)) moments.push(apply(moments.at(-1) ?? restored.former));
  return moments.map(asRoleDocuments);
}

/** In the order of the calls. */
function documentMoves(restored: RoleToRestore): readonly Move[] {
  const { role, former, context } = restored;
  const now = new Map(role.inline.map(({ name, text }) => [name, text]));
  const then = new Map(former.inline.map(({ name, text }) => [name, text]));
  const puts = former.inline.filter(({ name, text }) => now.get(name) !== text);
  const denies = ({ text }: Policy): boolean => mayContainDeny(text, restored);
  const managed = (arn: PolicyArn): Policy => ({ text: managedText(arn, context.live) });
  const additions: readonly Move[] = [
    ...puts.filter(({ name }) => !now.has(name)).map((policy) => put(policy, "add", null)),
    ...former.attachments
      .filter((arn) => !role.attachments.includes(arn))
      .map((arn) => attach(arn, managed(arn))),
  ];
  const removals: readonly Move[] = [
    ...puts.flatMap((policy) => {
      const before = now.get(policy.name);
      return before === undefined ? [] : [put(policy, "remove", before)];
    }),
    ...role.inline.filter(({ name }) => !then.has(name)).map(removeInline),
    ...role.attachments
      .filter((arn) => !former.attachments.includes(arn))
      .map((arn) => detach(arn, managed(arn))),
  ];
  return [
    ...apart(additions, denies, ["iam:PutRolePolicy", "iam:AttachRolePolicy"]),
    // A replaced document adds permissions too, so it precedes all writes that only remove.
    ...apart(removals, (policy) => policy.isReplaced === true || !denies(policy), [
      "iam:PutRolePolicy",
      "iam:DeleteRolePolicy",
      "iam:DetachRolePolicy",
    ]),
    ...boundaryMoves(restored),
  ].toSorted((a, b) => byStep(a.essential, b.essential));
}

/** The moves of the first policies, and then the others, after AWS shows the effect of the first. */
function apart(
  moves: readonly Move[],
  isFirst: (policy: Policy) => boolean,
  awaited: Draft["waitsFor"],
): readonly Move[] {
  const first = moves.filter(({ policy }) => isFirst(policy));
  const others = moves.filter(({ policy }) => !isFirst(policy));
  if (first.length === 0) return others;
  return [
    ...first,
    ...others.map((move) => ({ ...move, essential: { ...move.essential, waitsFor: awaited } })),
  ];
}

/** The text that is added, removed or replaced; undefined: it was not read. */
interface Policy {
  readonly text: string | undefined;
  readonly isReplaced?: boolean;
}

interface Move {
  readonly essential: Essential;
  readonly policy: Policy;
  readonly apply: (documents: RoleContentDocuments) => RoleContentDocuments;
}

type RoleContentDocuments = Pick<RoleContent, "inline" | "attachments" | "boundary">;
type InlinePolicy = RoleContent["inline"][number];
type PolicyArn = RoleContent["attachments"][number];

function put({ name, text }: InlinePolicy, at: "add" | "remove", before: string | null): Move {
  const input = { PolicyName: name, PolicyDocument: text };
  return {
    essential: {
      step: at,
      call: "iam:PutRolePolicy",
      input,
      before,
      after: text,
      destructive: before !== null,
    },
    policy: { text: before ?? text, isReplaced: before !== null },
    apply: (documents) => ({ ...documents, inline: [...othersThan(name, documents), { name, text }] }),
  };
}

function removeInline({ name, text }: InlinePolicy): Move {
  const input = { PolicyName: name };
  return {
    essential: {
      step: "remove",
      call: "iam:DeleteRolePolicy",
      input,
      before: text,
      after: null,
      destructive: true,
    },
    policy: { text },
    apply: (documents) => ({ ...documents, inline: othersThan(name, documents) }),
  };
}

function othersThan(name: string, { inline }: RoleContentDocuments): readonly InlinePolicy[] {
  return inline.filter((policy) => policy.name !== name);
}

function attach(arn: PolicyArn, policy: Policy): Move {
  return {
    essential: {
      step: "add",
      call: "iam:AttachRolePolicy",
      input: { PolicyArn: arn },
      before: null,
      after: arn,
    },
    policy,
    apply: (documents) => ({ ...documents, attachments: [...documents.attachments, arn] }),
  };
}

function detach(arn: PolicyArn, policy: Policy): Move {
  const input = { PolicyArn: arn };
  return {
    essential: {
      step: "remove",
      call: "iam:DetachRolePolicy",
      input,
      before: arn,
      after: null,
      destructive: true,
    },
    policy,
    apply: (documents) => ({
      ...documents,
      attachments: documents.attachments.filter((attached) => attached !== arn),
    }),
  };
}

/** A boundary that the role did not have is never removed by Grantkeeper: `operatorSteps` names the command. */
function boundaryMoves(restored: RoleToRestore): readonly Move[] {
  const { role, former, context } = restored;
  const { boundary } = former;
  if (boundary === null || boundary === role.boundary) return [];
  const narrows = isNarrowerBoundary(boundary, role.boundary, restored);
  return [
    {
      essential: {
        step: narrows ? "narrow-boundary" : "widen-boundary",
        call: "iam:PutRolePermissionsBoundary",
        input: { PermissionsBoundary: boundary },
        before: role.boundary,
        after: boundary,
      },
      policy: { text: managedText(boundary, context.live) },
      apply: (documents) => ({ ...documents, boundary }),
    },
  ];
}

/** Each step carries the permissions that it adds and removes. */
function withDeltas(restored: RoleToRestore, moves: readonly Move[]): readonly Draft[] {
  const { binding, role, context } = restored;
  const permissionsOf = (documents: RoleContentDocuments): ReturnType<typeof rolePermissions> =>
    rolePermissions(asRoleDocuments(documents), { at: binding, live: context.live });
  let documents: RoleContentDocuments = contentOf(role);
  return moves.map(({ essential, apply }) => {
    const after = apply(documents);
    const delta = permissionDelta(permissionsOf(documents), permissionsOf(after), context.comparer);
    documents = after;
    return step(restored, { ...essential, delta });
  });
}

function asRoleDocuments({ inline, attachments, boundary }: RoleContentDocuments): RoleDocuments {
  return { inline: new Map(inline.map(({ name, text }) => [name, text])), attachments, boundary };
}

function settingsSteps(restored: RoleToRestore): readonly Draft[] {
  const { role, former } = restored;
  const [before, after] = [settingsText(role), settingsText(former)];
  if (before === after) return [];
  const input = { Description: former.description, MaxSessionDuration: former.maxSessionSeconds };
  return [step(restored, { step: "update-settings", call: "iam:UpdateRole", input, before, after })];
}

function tagSteps(restored: RoleToRestore): readonly Draft[] {
  const { role, former } = restored;
  const now = contentOf(role).tags;
  const added = former.tags.filter(
    ({ key, value }) => !now.some((tag) => tag.key === key && tag.value === value),
  );
  const removed = now.filter(({ key }) => !former.tags.some((tag) => tag.key === key));
  const before = tagsText(now);
  const shared = { step: "update-settings", before, after: tagsText(former.tags) } as const;
  const Tags = added.map(({ key, value }) => ({ Key: key, Value: value }));
  const TagKeys = removed.map(({ key }) => key);
  return [
    ...(removed.length === 0
      ? []
      : [
          step(restored, {
            ...shared,
            call: "iam:UntagRole",
            input: { TagKeys },
            destructive: true,
          }),
        ]),
    ...(added.length === 0 ? [] : [step(restored, { ...shared, call: "iam:TagRole", input: { Tags } })]),
  ];
}

function releaseStep(restored: RoleToRestore): Draft {
  const { role, former } = restored;
  const TagKeys = ownershipTags(role.tags).map(({ key }) => key);
  return step(restored, {
    step: "update-settings",
    call: "iam:UntagRole",
    input: { TagKeys },
    before: tagsText(role.tags),
    after: tagsText(former.tags),
    destructive: true,
    needsAnotherPass: isBoundaryLeft(restored),
  });
}

/** Only an operator may remove a boundary. */
export function isBoundaryLeft({ role, former }: Pick<RoleToRestore, "role" | "former">): boolean {
  return former.boundary === null && role.boundary !== null;
}
