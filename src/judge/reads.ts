import { functionInArn } from "../model/aws/arn.ts";
import type { FunctionRequest, SweepRequest, TargetedRequest } from "../model/read-requests.ts";
import { type DesiredAccount, type DesiredBinding, type DesiredPolicy, isBinding } from "../model/desired.ts";
import type { KeyRecord } from "../model/keys/key-record.ts";
import { adoptionRound, isWaitedFor } from "./states/adoption-round.ts";
import { appliedOf, comparableOf, type Subject } from "./subject.ts";

/** The account, and the pass (or command) that reads it. */
interface Reader {
  readonly account: DesiredAccount;
  readonly id: string;
}

/** A read of the whole account, and of what its listings leave out for these subjects. */
export function sweepRequest(subjects: readonly Subject[], { account, id }: Reader): SweepRequest {
  const round = adoptionRound(subjects.map(({ record }) => record));
  return {
    account,
    pass: id,
    functions: subjects.flatMap((subject) => functionRequests(subject, round.has(subject.key))),
    policies: unique(subjects.flatMap(policyArns)),
    everyVersion: subjects.some(mayBeDeleted),
    roleNames: unique(subjects.flatMap(listedRoleNames)),
  };
}

/** A fresh read of the objects of these subjects alone. */
export function targetedRequest(subjects: readonly Subject[], { account, id }: Reader): TargetedRequest {
  return {
    account,
    pass: id,
    roleNames: unique(subjects.flatMap(roleNames)),
    policyArns: unique(subjects.flatMap(policyArns)),
    functions: subjects.flatMap((subject) => functionRequests(subject, isWaitedFor(subject.record))),
  };
}

/** A role is deleted only if no function runs on it: neither $LATEST nor a published version. */
function mayBeDeleted(subject: Subject): boolean {
  const applied = subject.kind === "removed" ? appliedOf(subject.record) : null;
  return applied !== null && applied.deletionPolicy === "delete";
}

/**
 * Roles whose listing may lack a field that a decision needs: an expected boundary, or the time of last use before a
 * delete.
 */
function listedRoleNames(subject: Subject): string[] {
  return states(subject).flatMap((state) =>
    isBinding(state) && (state.role.boundary !== null || subject.kind === "removed") ? [state.role.name] : [],
  );
}

function roleNames(subject: Subject): string[] {
  return states(subject).flatMap((state) => (isBinding(state) ? [state.role.name] : []));
}

/** Our own policies, for their tags, and the AWS-managed policies that a role will attach, for their documents. */
function policyArns(subject: Subject): string[] {
  return states(subject).flatMap((state) => ("policyName" in state ? [state.arn] : awsManaged(state)));
}

function awsManaged({ role }: DesiredBinding): string[] {
  return role.attachments
    .filter((attachment) => attachment.policy === null)
    .map((attachment) => attachment.arn);
}

/** With the qualifiers that are declared, those of the last applied state, and those in the inventory. */
function functionRequests(subject: Subject, isTurn: boolean): FunctionRequest[] {
  const bindings = states(subject).filter(isBinding);
  const [first] = bindings;
  if (first === undefined) return [];
  const declared = bindings.flatMap((binding) => binding.callers.map((caller) => caller.qualifier));
  const qualifiers = [...new Set<string | null>([null, ...declared, ...inventoryQualifiers(subject.record)])];
  return [...new Set(bindings.map((binding) => binding.functionName))].map((functionName) => ({
    region: first.region,
    functionName,
    qualifiers,
    versions:
      subject.kind === "removed" ||
      first.functionRole === "manage" ||
      qualifiers.some((qualifier) => qualifier !== null),
    aliases: isTurn,
    switchTo: isTurn || first.functionRole === "manage" ? first.role.arn : null,
  }));
}

function inventoryQualifiers({ inventory }: KeyRecord): string[] {
  return inventory.flatMap((item) => {
    const qualifier =
      item.type === "statement" ? functionInArn(item.id.split("#")[0] ?? "")?.qualifier : null;
    return qualifier === null || qualifier === undefined ? [] : [qualifier];
  });
}

function states(subject: Subject): readonly (DesiredBinding | DesiredPolicy)[] {
  return [comparableOf(subject), appliedOf(subject.record)].filter((state) => state !== null);
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
