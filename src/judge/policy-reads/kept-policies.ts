import { isProvenCurrent, type EventProof, type PolicyReading } from "../../model/changes/event-proof.ts";
import type { KeyView } from "../../model/answers/key-view.ts";
import type { Suspension } from "../../model/approval.ts";
import type { Key } from "../../model/keys/key.ts";
import type { KeyRecord } from "../../model/keys/key-record.ts";
import { suspensionOf } from "../../model/keys/suspension-scope.ts";
import type { LiveAccount, LiveFunction } from "../../model/live.ts";
import type { FunctionRequest } from "../../model/read-requests.ts";
import { sliceToRead } from "./slice.ts";

/** What decides which resource policies a sweep keeps as they were read before. */
export interface PolicyReads {
  readonly proof: EventProof;
  /** No reading may become older. */
  readonly withinMs: number;
  /** How long the last complete sweep of the account took. */
  readonly tookMs: number;
  /** Keys that changed in Git since they were compared. */
  readonly uncompared: ReadonlyMap<Key, number>;
  /** The keys as the last passes of this process found them. */
  readonly views: ReadonlyMap<Key, KeyView>;
}

/** The inputs of a sweep that decide which policies it keeps. */
export interface SliceInputs extends PolicyReads {
  /** The last observation. */
  readonly base: LiveAccount;
  readonly nowMs: number;
  readonly sweepMs: number;
  /** Keys that an operator asked to reconcile. */
  readonly requestedKeys: ReadonlySet<Key>;
  readonly suspensions: readonly Suspension[];
}

/** A key with what a sweep is asked to read of functions for it. */
export interface KeyRequests {
  readonly key: Key;
  readonly record: KeyRecord;
  /** Git declares a binding that is valid and that may be compared. */
  readonly isComparable: boolean;
  readonly requests: readonly FunctionRequest[];
}

interface KeepCandidate extends PolicyReading {
  readonly key: Key;
  readonly id: string;
  readonly found: LiveFunction;
}

/**
 * The functions whose policies the sweep may keep, by key: nothing is open about the key, the change events prove that
 * nothing was changed since the reading, and it is not yet the turn of the function.
 */
export function keptPolicies(
  keys: readonly KeyRequests[],
  inputs: SliceInputs,
): ReadonlyMap<Key, LiveFunction> {
  const candidates = candidatesOf(keys, inputs);
  const known = candidates.map(({ id, readMs, found }) => ({
    name: id,
    readMs,
    isOpen: mayLetInOthers(found, inputs.base),
  }));
  const read = sliceToRead(known, inputs);
  return new Map(candidates.flatMap(({ key, id, found }) => (read.has(id) ? [] : [[key, found] as const])));
}

/** A function that several keys name is read. */
function candidatesOf(keys: readonly KeyRequests[], inputs: SliceInputs): readonly KeepCandidate[] {
  const named = new Map<string, number>();
  const settled: KeepCandidate[] = [];
  for (const one of keys) {
    const { requests } = one;
    for (const request of requests) named.set(idOf(request), (named.get(idOf(request)) ?? 0) + 1);
    const [request, ...others] = requests;
    if (request === undefined || others.length > 0 || !isSettled(one, inputs)) continue;
    const candidate = candidateOf(one.key, request, inputs);
    if (candidate !== null) settled.push(candidate);
  }
  return settled.filter(({ id }) => named.get(id) === 1);
}

function idOf({ region, functionName }: FunctionRequest): string {
  return `${region} ${functionName}`;
}

function candidateOf(key: Key, request: FunctionRequest, { base, proof }: SliceInputs): KeepCandidate | null {
  const { region, functionName: name, qualifiers } = request;
  const at = base.regions.get(region);
  const found = at?.kind === "read" ? at.functions.get(name) : undefined;
  if (found?.policiesReadMs === undefined) return null;
  const isRead = qualifiers.every((qualifier) => {
    const policy = found.policies.get(qualifier ?? "");
    return policy !== undefined && policy.kind !== "unknown";
  });
  const reading = { region, name, readMs: found.policiesReadMs };
  if (!isRead || !isProvenCurrent(reading, proof)) return null;
  return { ...reading, key, id: idOf(request), found };
}

/** It matched Git when it was last compared, and nothing is planned, withheld, asked for or about to end. */
function isSettled(
  { key, record, isComparable }: KeyRequests,
  { uncompared, views, requestedKeys, suspensions }: SliceInputs,
): boolean {
  if (!isComparable || uncompared.has(key) || requestedKeys.has(key)) return false;
  if (suspensionOf(key, suspensions) !== undefined) return false;
  const view = views.get(key);
  return view !== undefined && isQuietView(view) && isQuietRecord(record);
}

function isQuietView(view: KeyView): boolean {
  const { plan, drifts, unread, verdict, undo, obstacle, isInvalid } = view;
  if (plan === null || isInvalid || undo !== null || obstacle !== null || verdict.kind !== "allow")
    return false;
  const parts = [plan.actions, plan.withheld, plan.approvable, drifts, unread];
  return parts.every(({ length }) => length === 0);
}

function isQuietRecord({ status, stalled, retryingSinceMs, incidentSinceMs }: KeyRecord): boolean {
  if (status?.sync !== "Synced") return false;
  return [stalled, retryingSinceMs, incidentSinceMs].every((one) => one === null);
}

/** Text that can only be read as `*`, or as the id of another account: too often true costs one more read. */
function mayLetInOthers({ policies }: LiveFunction, { accountId }: LiveAccount): boolean {
  return [...policies.values()].some(
    (policy) =>
      policy.kind === "present" &&
      (policy.value.text.includes('"*"') ||
        policy.value.text.match(/\b\d{12}\b/g)?.some((id) => id !== accountId) === true),
  );
}
