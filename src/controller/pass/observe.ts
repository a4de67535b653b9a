import { functionInArn } from "../../model/aws/arn.ts";
import { type DesiredBinding, type DesiredPolicy, isBinding } from "../../model/desired.ts";
import type { KeyRecord } from "../../model/keys/key-record.ts";
import type { LiveAccount } from "../../model/live.ts";
import type { FunctionRequest, LiveState } from "../ports/live-state.ts";
import { overlayLive } from "./overlay.ts";
import type { Pass } from "../../judge/pass.ts";
import { appliedOf, desiredOf, type Subject } from "../../judge/subject.ts";

/**
 * Reads the live state for a pass: a sweep for scope `all`; for keys, targeted reads merged into the last sweep.
 * @throws AwsError if the account-wide reads fail
 */
export async function observe(
  pass: Pass,
  subjects: readonly Subject[],
  live: LiveState,
  signal: AbortSignal,
): Promise<LiveAccount> {
  if (pass.scope.kind === "all" || pass.base === null) return sweep(pass, subjects, live, signal);
  return readKeys(pass, subjects, pass.base, live, signal);
}

/** @throws AwsError if the account-wide reads fail */
export async function sweep(
  pass: Pass,
  subjects: readonly Subject[],
  live: LiveState,
  signal: AbortSignal,
): Promise<LiveAccount> {
  return live.sweep(
    {
      account: pass.account,
      pass: pass.id,
      functions: subjects.flatMap((subject) => functionRequests(subject, pass.records.get(subject.key))),
      policies: unique(subjects.flatMap(policyArns)),
      everyVersion: subjects.some(mayBeDeleted),
      roleNames: unique(subjects.flatMap(listedRoleNames)),
    },
    signal,
  );
}

/** Fresh readings of these subjects' objects, merged into `base`. @throws AwsError */
export async function readKeys(
  pass: Pass,
  subjects: readonly Subject[],
  base: LiveAccount,
  live: LiveState,
  signal: AbortSignal,
): Promise<LiveAccount> {
  const fresh = await live.read(
    {
      account: pass.account,
      pass: pass.id,
      roleNames: unique(subjects.flatMap(roleNames)),
      policyArns: unique(subjects.flatMap(policyArns)),
      functions: subjects.flatMap((subject) => functionRequests(subject, pass.records.get(subject.key))),
    },
    signal,
  );
  return overlayLive(base, fresh);
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

/** Declared qualifiers, those of the last applied state and those in the inventory: resources.md "Reading". */
function functionRequests(subject: Subject, record: KeyRecord | undefined): FunctionRequest[] {
  const bindings = states(subject).filter(isBinding);
  const [first] = bindings;
  if (first === undefined) return [];
  const declared = bindings.flatMap((binding) => binding.callers.map((caller) => caller.qualifier));
  const qualifiers = [...new Set<string | null>([null, ...declared, ...inventoryQualifiers(record)])];
  return [...new Set(bindings.map((binding) => binding.functionName))].map((functionName) => ({
    region: first.region,
    functionName,
    qualifiers,
    versions:
      subject.kind === "removed" ||
      first.functionRole === "manage" ||
      qualifiers.some((qualifier) => qualifier !== null),
    switchTo: first.functionRole === "manage" ? first.role.arn : null,
  }));
}

function inventoryQualifiers(record: KeyRecord | undefined): string[] {
  return (record?.inventory ?? []).flatMap((item) => {
    const qualifier =
      item.type === "statement" ? functionInArn(item.id.split("#")[0] ?? "")?.qualifier : null;
    return qualifier === null || qualifier === undefined ? [] : [qualifier];
  });
}

function states(subject: Subject): readonly (DesiredBinding | DesiredPolicy)[] {
  const wanted = desiredOf(subject);
  const applied = subject.record.applied?.desired;
  const last = applied === undefined ? null : applied.kind === "binding" ? applied.binding : applied.policy;
  return [wanted, last].filter((state) => state !== null);
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
