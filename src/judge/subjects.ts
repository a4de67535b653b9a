import { EXPIRY_GRACE_MS, policyWithoutExpired, withoutExpired } from "./states/expiry.ts";
import { accountIdOf, type Key } from "../model/keys/key.ts";
import { emptyKeyRecord, type KeyRecord } from "../model/keys/key-record.ts";
import type { Mode } from "../model/rules/mode.ts";
import { isBinding, type DesiredBinding, type Desired } from "../model/desired.ts";
import type { DeclaredByAccount } from "../guard/context/declared-by-account.ts";
import type { JudgeInputs } from "./inputs.ts";
import { type PassScope, lastAppliedState, policiesOf, type Subject } from "./subject.ts";
import { mayClaim } from "../iam/names/name-pattern.ts";

/** The keys in scope, sorted: all keys of the account (declared, invalid or only in the record), or the requested ones. */
export function subjectsInScope(inputs: JudgeInputs, scope: PassScope, nowMs: number): readonly Subject[] {
  const keys = scope.kind === "keys" ? withPolicies(inputs, scope.keys) : keysOf(inputs);
  // A function attaches policies of its own account only.
  const here = declaredOf(inputs).bindingsIn(inputs.account.id);
  const modes = attachingModes([...here, ...appliedOfUnusable(inputs)]);
  return [...keys]
    .sort()
    .map((key) => subjectOf(key, inputs, { nowMs, modes }))
    .filter((subject) => subject.kind !== "removed" || isKnown(subject.record));
}

/** A binding is judged together with its ManagedPolicies: it may remove a permission that a policy now grants. */
function withPolicies(inputs: JudgeInputs, keys: readonly Key[]): readonly Key[] {
  const policies = keys.flatMap((key) => {
    const binding = inputs.desired.bindings.get(key);
    return binding === undefined ? [] : policiesOf(binding);
  });
  return [...new Set([...keys, ...policies])];
}

/** A function whose document has an error counts as it was last applied. */
function appliedOfUnusable({
  desired,
  invalid,
  brokenFileKeys,
  records,
}: JudgeInputs): readonly DesiredBinding[] {
  const keys = [...new Set([...invalid.keys(), ...brokenFileKeys.keys()])];
  return keys.flatMap((key) => {
    const record = desired.bindings.has(key) ? undefined : records.get(key);
    const applied = record === undefined ? null : lastAppliedState(record);
    return applied !== null && isBinding(applied) ? [applied] : [];
  });
}

function keysOf(inputs: JudgeInputs): readonly Key[] {
  const { account, invalid, brokenFileKeys, records } = inputs;
  const declared = declaredOf(inputs);
  const states = [...declared.bindingsIn(account.id), ...declared.policiesIn(account.id)];
  const named = [invalid.keys(), brokenFileKeys.keys(), records.keys()];
  const isOwn = (key: Key): boolean => accountIdOf(key) === account.id;
  return [
    ...new Set([...states.map(({ key }) => key), ...named.flatMap((keys) => keys.filter(isOwn).toArray())]),
  ];
}

function declaredOf({ desired, roleChecks }: JudgeInputs): DeclaredByAccount {
  return roleChecks.declared.of(desired);
}

function subjectOf(
  key: Key,
  inputs: JudgeInputs,
  { nowMs, modes }: { readonly nowMs: number; readonly modes: ReadonlyMap<Key, Mode> },
): Subject {
  const record = inputs.records.get(key) ?? emptyKeyRecord(key);
  const { desired, invalid } = inputs;
  const diagnostics = invalid.get(key);
  if (diagnostics !== undefined) return { kind: "invalid", key, record, diagnostics };
  const binding = desired.bindings.get(key);
  if (binding !== undefined) {
    const forbidden = forbiddenClaim(binding, record, desired);
    const state = withoutExpired(binding, nowMs, EXPIRY_GRACE_MS);
    return { kind: "desired", key, record, desired: state, ...(forbidden !== null && { forbidden }) };
  }
  const policy = desired.policies.get(key);
  if (policy !== undefined) {
    const attachedIn = modes.get(key);
    const state = policyWithoutExpired(policy, nowMs, EXPIRY_GRACE_MS);
    return { kind: "desired", key, record, desired: state, ...(attachedIn !== undefined && { attachedIn }) };
  }
  const broken = inputs.brokenFileKeys.get(key);
  if (broken !== undefined) return { kind: "invalid", key, record, diagnostics: [broken] };
  return { kind: "removed", key, record };
}

/** Includes keys that were only compared and never applied: a pass also removes those from the record. */
function isKnown(record: KeyRecord): boolean {
  return record.status !== null || record.applied !== null || record.inventory.length > 0;
}

/**
 * By key of a ManagedPolicy: `enforce` if at least one function that attaches it enforces, else `observe`. A policy that
 * no function attaches is not in it.
 */
function attachingModes(bindings: Iterable<DesiredBinding>): ReadonlyMap<Key, Mode> {
  const modes = new Map<Key, Mode>();
  for (const { mode, role, released } of bindings) {
    if (released === true) continue;
    for (const { policy } of role.attachments)
      if (policy !== null && (mode === "enforce" || !modes.has(policy))) modes.set(policy, mode);
  }
  return modes;
}

/**
 * Why nothing in AWS is read for a declared binding: its Team does not allow the function, the role or the account. Else a
 * line in Git would show a team what the function of others allows. null: the Team allows it, or it was applied before, so
 * that the last applied state stays in force.
 */
function forbiddenClaim(
  binding: DesiredBinding,
  { applied }: Pick<KeyRecord, "applied">,
  teams: Pick<Desired, "teams" | "tenancy">,
): string | null {
  if (mayClaim(binding, teams)) return null;
  const before = applied?.desired.kind === "binding" ? applied.desired.binding : null;
  const { functionArn, functionName, role } = binding;
  if (before !== null && before.functionArn === functionArn && before.role.arn === role.arn) return null;
  return `function ${functionName} is not read: its Team does not allow the binding`;
}
