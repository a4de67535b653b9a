import { isAdded, undeclaredOf } from "../../diff/drift/first-read.ts";
import { statementSids } from "../../iam/read/statement-sids.ts";
import { appliedOf, desiredOf } from "../../judge/subject.ts";
import type { KnownChanges } from "../../model/changes/attribution.ts";
import { functionArn } from "../../model/aws/arn.ts";
import { isBinding, type DesiredBinding } from "../../model/desired.ts";
import type { KeyRecord } from "../../model/keys/key-record.ts";
import { addedStatement, type UndeclaredQualifiers } from "../../model/keys/undeclared-qualifiers.ts";
import { liveFunction, type LiveAccount, type LiveFunction } from "../../model/live.ts";
import { sortedSet } from "../../text/order.ts";
import type { JudgedView } from "../outcome/outcome-view.ts";

interface QualifierReads {
  readonly live: LiveAccount;
  readonly changes?: KnownChanges;
  readonly startedAtMs: number;
}

/** What the pass has seen of qualifiers that Git does not declare. */
export function undeclaredQualifiersAfter(
  { subject }: JudgedView,
  { live, changes, startedAtMs }: QualifierReads,
): Pick<KeyRecord, "undeclaredQualifiers"> {
  const { record } = subject;
  const state = desiredOf(subject) ?? appliedOf(record);
  if (state === null || !isBinding(state) || subject.kind === "removed" || state.released === true) return {};
  const found = liveFunction(live, state.region, state.functionName);
  if (found.kind === "absent") return {};
  const before = undeclaredOf(record, state.functionArn) ?? { ...NOTHING, functionName: state.functionName };
  if (found.kind === "unknown") return recorded(before);
  const readMs = Math.min(startedAtMs, found.value.policiesReadMs ?? startedAtMs);
  const isComplete = allAliasesRead(found.value);
  const policies = undeclaredPolicies(state, record, found.value);
  const kept = before.withPolicy.filter((name) => (policies.get(name)?.kind ?? "unknown") === "unknown");
  const present = [...policies].flatMap(([name, { kind }]) => (kind === "present" ? [name] : []));
  const isNew = (qualifier: string, sid: string): boolean =>
    isAdded(
      { subject: functionArn(state, state.functionName, qualifier), sid },
      { record, ...(changes && { changes }) },
    );
  return recorded({
    functionName: state.functionName,
    // As the drifts that the pass found are recorded: they are no later than it.
    firstMs: before.firstMs ?? (isComplete ? startedAtMs : null),
    lastMs: isComplete ? readMs : before.lastMs,
    withPolicy: sortedSet([...present, ...kept]),
    added: sortedSet([
      ...before.added.filter((one) => kept.some((name) => one.startsWith(addedStatement(name, "")))),
      ...[...policies].flatMap(([name, policy]) =>
        policy.kind === "present"
          ? statementSids(policy.value.text)
              .filter((sid) => isNew(name, sid))
              .map((sid) => addedStatement(name, sid))
          : [],
      ),
    ]),
  });
}

const NOTHING: Omit<UndeclaredQualifiers, "functionName"> = {
  firstMs: null,
  lastMs: null,
  withPolicy: [],
  added: [],
};

/** A record of a key that knows nothing is as it was before there was this field. */
function recorded(known: UndeclaredQualifiers): Pick<KeyRecord, "undeclaredQualifiers"> {
  const isEmpty = known.firstMs === null && known.withPolicy.length === 0;
  return isEmpty ? {} : { undeclaredQualifiers: known };
}

function allAliasesRead({ aliases, policies }: LiveFunction): boolean {
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
