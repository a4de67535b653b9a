import { undeclaredOf } from "../../diff/drift/first-read.ts";
import { lastAppliedState, desiredOf } from "../../judge/subject.ts";
import { isBinding, type DesiredBinding } from "../../model/desired.ts";
import type { KeyRecord } from "../../model/keys/key-record.ts";
import {
  type UndeclaredQualifiers,
  type VersionRounds,
  versionsAfter,
} from "../../model/keys/undeclared-qualifiers.ts";
import { liveFunction, type LiveAccount, type LiveFunction } from "../../model/live.ts";
import { sortedSet } from "../../text/order.ts";
import type { JudgedView } from "../outcome/outcome.ts";

interface QualifierReads {
  /** After the writes of the pass. */
  readonly live: LiveAccount;
  /** Before them: a read after a write does not list aliases. */
  readonly observed: LiveAccount;
  readonly startedAtMs: number;
}

/** What the pass has seen of qualifiers that Git does not declare. */
export function undeclaredQualifiersAfter(
  { subject }: JudgedView,
  { live, observed, startedAtMs }: QualifierReads,
): Pick<KeyRecord, "undeclaredQualifiers"> {
  const { record } = subject;
  const state = desiredOf(subject) ?? lastAppliedState(record);
  if (state === null || !isBinding(state) || subject.kind === "removed" || state.released === true) return {};
  const { functionName } = state;
  const found = liveFunction(live, state.region, functionName);
  if (found.kind === "absent") return recorded({ ...NOTHING, functionName, absentMs: startedAtMs });
  const before = undeclaredOf(record, state.functionArn) ?? { ...NOTHING, functionName };
  if (found.kind === "unknown") return recorded(before);
  const policies = undeclaredPolicies(state, found.value);
  const present = [...policies].flatMap(([name, { kind }]) => (kind === "present" ? [name] : []));
  // A policy that was not read is as it was.
  const kept = before.withPolicy.filter((name) => (policies.get(name)?.kind ?? "unknown") === "unknown");
  const inTurn = liveFunction(observed, state.region, functionName);
  const versions = versionRounds(before.versions, inTurn, startedAtMs);
  return recorded({
    ...before,
    lastMs: turnMs(inTurn, startedAtMs) ?? before.lastMs,
    ...(versions !== undefined && { versions }),
    withPolicy: sortedSet([...present, ...kept]),
  });
}

const NOTHING: Omit<UndeclaredQualifiers, "functionName"> = { lastMs: null, withPolicy: [] };

/** A record of a key that knows nothing is as it was before there was this field. */
function recorded(known: UndeclaredQualifiers): Pick<KeyRecord, "undeclaredQualifiers"> {
  const { lastMs, absentMs, withPolicy, versions } = known;
  const isEmpty =
    withPolicy.length === 0 && [absentMs, versions, lastMs ?? undefined].every((one) => one === undefined);
  return isEmpty ? {} : { undeclaredQualifiers: known };
}

/** When the policies of all aliases were read; null: it was not the turn of the function, or one could not be read. */
function turnMs(found: ReturnType<typeof liveFunction>, startedAtMs: number): number | null {
  if (found.kind !== "present" || found.value.aliases.kind !== "present") return null;
  const { aliases, policies, policiesReadMs = startedAtMs } = found.value;
  const isRead = aliases.value.every(({ name }) => (policies.get(name)?.kind ?? "unknown") !== "unknown");
  return isRead ? Math.min(startedAtMs, policiesReadMs) : null;
}

/**
 * After the policies of versions that the pass was to read. One that it left out is read by the next turn; one that could not
 * be read keeps the round from being complete, and not the others from being read.
 */
function versionRounds(
  before: VersionRounds | undefined,
  found: ReturnType<typeof liveFunction>,
  startedAtMs: number,
): VersionRounds | undefined {
  if (found.kind !== "present" || found.value.versions.kind !== "present") return before;
  const { versions, policies, policiesReadMs = startedAtMs } = found.value;
  const { lastMs, round } = before ?? { lastMs: null, round: null };
  const due = versionsAfter(round?.readTo ?? 0, versions.value);
  const left = due.findIndex((version) => !policies.has(version));
  const read = left === -1 ? due : due.slice(0, left);
  if (left === 0) return before;
  const sinceMs = round?.sinceMs ?? Math.min(startedAtMs, policiesReadMs);
  const isPartial =
    round?.isPartial === true || read.some((version) => policies.get(version)?.kind === "unknown");
  if (left === -1) return { lastMs: isPartial ? lastMs : sinceMs, round: null };
  const next = { sinceMs, readTo: Number(read.at(-1)), ...(isPartial && { isPartial: true as const }) };
  return { lastMs, round: next };
}

/** Without those of the unqualified function and of declared qualifiers, which every read includes. */
function undeclaredPolicies(
  { callers }: DesiredBinding,
  { policies }: LiveFunction,
): LiveFunction["policies"] {
  const declared = new Set(callers.map(({ qualifier }) => qualifier ?? ""));
  return new Map([...policies].filter(([name]) => name !== "" && !declared.has(name)));
}

/** The record of a key without such qualifiers is as it was before there was this field. */
export function withoutUndeclaredQualifiers(record: KeyRecord): KeyRecord {
  const { undeclaredQualifiers: _, ...rest } = record;
  return rest;
}
