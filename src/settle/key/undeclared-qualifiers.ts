import { undeclaredOf } from "../../diff/drift/first-read.ts";
import { appliedOf, desiredOf } from "../../judge/subject.ts";
import { isBinding, type DesiredBinding } from "../../model/desired.ts";
import type { KeyRecord } from "../../model/keys/key-record.ts";
import type { UndeclaredQualifiers } from "../../model/keys/undeclared-qualifiers.ts";
import { liveFunction, type LiveAccount, type LiveFunction } from "../../model/live.ts";
import { sortedSet } from "../../text/order.ts";
import type { JudgedView } from "../outcome/outcome-view.ts";

interface QualifierReads {
  readonly live: LiveAccount;
  readonly startedAtMs: number;
}

/** What the pass has seen of qualifiers that Git does not declare. */
export function undeclaredQualifiersAfter(
  { subject }: JudgedView,
  { live, startedAtMs }: QualifierReads,
): Pick<KeyRecord, "undeclaredQualifiers"> {
  const { record } = subject;
  const state = desiredOf(subject) ?? appliedOf(record);
  if (state === null || !isBinding(state) || subject.kind === "removed" || state.released === true) return {};
  const { functionName } = state;
  const found = liveFunction(live, state.region, functionName);
  if (found.kind === "absent") return recorded({ ...NOTHING, functionName, absentMs: startedAtMs });
  const before = undeclaredOf(record, state.functionArn) ?? { ...NOTHING, functionName };
  if (found.kind === "unknown") return recorded(before);
  const policies = undeclaredPolicies(state, record, found.value);
  const present = [...policies].flatMap(([name, { kind }]) => (kind === "present" ? [name] : []));
  // A policy that was not read is as it was.
  const kept = before.withPolicy.filter((name) => (policies.get(name)?.kind ?? "unknown") === "unknown");
  return recorded({
    ...before,
    lastMs: areAllAliasesRead(found.value)
      ? Math.min(startedAtMs, found.value.policiesReadMs ?? startedAtMs)
      : before.lastMs,
    withPolicy: sortedSet([...present, ...kept]),
  });
}

const NOTHING: Omit<UndeclaredQualifiers, "functionName"> = { lastMs: null, withPolicy: [] };

/** A record of a key that knows nothing is as it was before there was this field. */
function recorded(known: UndeclaredQualifiers): Pick<KeyRecord, "undeclaredQualifiers"> {
  const isEmpty = known.lastMs === null && known.absentMs === undefined && known.withPolicy.length === 0;
  return isEmpty ? {} : { undeclaredQualifiers: known };
}

function areAllAliasesRead({ aliases, policies }: LiveFunction): boolean {
  if (aliases.kind !== "present") return false;
  return aliases.value.every(({ name }) => (policies.get(name)?.kind ?? "unknown") !== "unknown");
}

/** Without those of the unqualified function and of declared qualifiers, which every read includes. */
function undeclaredPolicies(
  { callers }: DesiredBinding,
  { applied }: KeyRecord,
  { policies }: LiveFunction,
): LiveFunction["policies"] {
  const before = applied?.desired.kind === "binding" ? applied.desired.binding.callers : [];
  const declared = new Set([...callers, ...before].map(({ qualifier }) => qualifier ?? ""));
  return new Map([...policies].filter(([name]) => name !== "" && !declared.has(name)));
}

/** The record of a key without such qualifiers is as it was before there was this field. */
export function withoutUndeclaredQualifiers(record: KeyRecord): KeyRecord {
  const { undeclaredQualifiers: _, ...rest } = record;
  return rest;
}
