import { documentText, quotaSize } from "../../iam/read/print.ts";
import { policyArn, type Arn } from "../../model/aws/arn.ts";
import { DEFAULT_QUOTAS, type LiveRole } from "../../model/live.ts";
import { byText } from "../../text/order.ts";
import type { Estate } from "../estate/estate.ts";
import type { CandidateCompiler } from "../recognize/candidate-compiler.ts";
import type { Recognition } from "../recognize/recognize.ts";
import { readRoleStatements, type RoleStatement } from "../recognize/role-statements.ts";
import type { AttachedPolicyText } from "./role-policies.ts";

/** A statement gets a Sid of its own, which live statements may not have. */
const SID_SIZE = 40;

/** The characters of the inline policy that the permissions compile to, at most. */
function inlineSize({ grants, own, rest }: Recognition, compiler: CandidateCompiler): number {
  const ofGrants = [...grants, ...own].flatMap((one) => compiler.candidate(one)?.statements ?? []);
  return sizeOf([...ofGrants, ...rest.map(({ statement }) => statement)]);
}

export function fitsInline(recognition: Recognition, compiler: CandidateCompiler): boolean {
  return inlineSize(recognition, compiler) <= DEFAULT_QUOTAS.rolePolicySize;
}

function sizeOf(statements: Parameters<typeof documentText>[0]): number {
  return quotaSize(documentText(statements)) + SID_SIZE * statements.length;
}

export interface FittedStatements {
  readonly rest: readonly RoleStatement[];
  /** Policies with the statements for which the inline policy has no space. */
  readonly moved: readonly AttachedPolicyText[];
}

/**
 * Statements of a full inline policy move to managed policies, the largest that fit first, until the rest fits together
 * with the Sids. A statement that fits in none is divided. The policies are named after the role, so that functions of one role share them.
 */
export function fitted(
  recognition: Recognition,
  compiler: CandidateCompiler,
  at: RoleOfEstate,
): FittedStatements {
  if (fitsInline(recognition, compiler)) return { rest: recognition.rest, moved: [] };
  const movable = recognition.rest.flatMap((one) => partsOf(one, compiler));
  const sized = movable.map((one) => ({ one, size: sizeOf([one.statement]) }));
  const left = new Set(movable);
  const moved: RoleStatement[][] = [];
  for (const { one, size } of sized.toSorted((a, b) => b.size - a.size || byStructure(a.one, b.one))) {
    if (fitsInline({ ...recognition, rest: [...left] }, compiler)) break;
    if (size > DEFAULT_QUOTAS.policySize) continue;
    const open = moved.find((some) => hasSpace(some, one));
    if (open === undefined) moved.push([one]);
    else open.push(one);
    left.delete(one);
  }
  return { rest: [...left], moved: moved.map((some, index) => movedPolicy(some, index + 1, at)) };
}

/**
 * A statement that is larger than a managed policy, divided by its list of resources: together the parts mean the same.
 * Itself if it has no such list, or if a part would still be too large.
 */
function partsOf(one: RoleStatement, { context }: CandidateCompiler): readonly RoleStatement[] {
  const { Resource } = one.statement;
  if (!Array.isArray(Resource) || sizeOf([one.statement]) <= DEFAULT_QUOTAS.policySize) return [one];
  const empty = sizeOf([{ ...one.statement, Resource: [] }]);
  if (Resource.some((resource) => empty + listedSize(resource) > DEFAULT_QUOTAS.policySize)) return [one];
  const lists: string[][] = [];
  let size = DEFAULT_QUOTAS.policySize;
  for (const resource of Resource) {
    size += listedSize(resource);
    if (size > DEFAULT_QUOTAS.policySize) {
      lists.push([]);
      size = empty + listedSize(resource);
    }
    lists.at(-1)?.push(resource);
  }
  const texts = lists.map((list) => documentText([{ ...one.statement, Resource: list }]));
  return texts.flatMap((text) => readRoleStatements([{ name: one.from, text }], context).statements);
}

/** In a list, with its comma. */
function listedSize(text: string): number {
  return JSON.stringify(text).length + 1;
}

interface RoleOfEstate {
  readonly role: LiveRole;
  readonly estate: Estate;
}

function hasSpace(some: readonly RoleStatement[], one: RoleStatement): boolean {
  return sizeOf([...some, one].map(({ statement }) => statement)) <= DEFAULT_QUOTAS.policySize;
}

function movedPolicy(
  statements: readonly RoleStatement[],
  number: number,
  { role, estate }: RoleOfEstate,
): AttachedPolicyText {
  const policyName = `${role.name}-statements-${number}`;
  const { id, partition } = estate.account;
  const arn: Arn = policyArn({ partition, accountId: id }, "/", policyName);
  const text = documentText(statements.toSorted(byStructure).map(({ statement }) => statement));
  return { arn, policyName, name: `the inline policies of role ${role.name}`, text };
}

function byStructure(a: RoleStatement, b: RoleStatement): number {
  return byText(a.normal.structure, b.normal.structure);
}
