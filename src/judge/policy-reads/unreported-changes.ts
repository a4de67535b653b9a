import type { RecentWrites } from "../../diff/drift/recent-writes.ts";
import { functionInArn } from "../../model/aws/arn.ts";
import type { Region } from "../../model/aws/ids.ts";
import {
  hasExpectedEvents,
  isReported,
  READ_MAY_BE_OLD_MS,
  type EventProof,
  type PolicyReading,
} from "../../model/changes/event-proof.ts";
import type { LiveAccount, LiveFunction, LiveRegion, LiveResourcePolicy, Reading } from "../../model/live.ts";

interface Readings {
  readonly before: LiveAccount;
  readonly after: LiveAccount;
  /** With the events that arrived until now. */
  readonly proof: EventProof;
  readonly writes: Pick<RecentWrites, "byTarget">;
}

/**
 * Policies that differ from their earlier reading, without an event and without a write of ours, although the events of the
 * region seemed complete, or only some of them late: an event is late, or lost. In the order of the earlier reading.
 */
export function unreportedChanges({ before, after, proof, writes }: Readings): readonly PolicyReading[] {
  const changed = [...proof.expectedMs.keys()].flatMap((region) => {
    const [old, now] = [before.regions.get(region), after.regions.get(region)];
    return old?.kind === "read" && now?.kind === "read" ? changedPolicies(region, old, now) : [];
  });
  const unreported = changed.filter(({ was }) => hasExpectedEvents(was, proof) && !isReported(was, proof));
  if (unreported.length === 0) return [];
  const own = ownWrites(writes);
  return unreported.flatMap(({ was, is }) =>
    isOwn(was, is, own.get(`${was.region} ${was.name}`)) ? [] : [was],
  );
}

type ReadRegion = Extract<LiveRegion, { readonly kind: "read" }>;

interface ChangedPolicy {
  readonly was: PolicyReading;
  readonly is: LiveFunction;
}

function changedPolicies(region: Region, old: ReadRegion, now: ReadRegion): readonly ChangedPolicy[] {
  return [...old.functions.values()].flatMap((before) => {
    const is = now.functions.get(before.name);
    const was = readingOf(region, before);
    if (is === undefined || was === null || !isNewer(is, before) || !isChanged(before, is)) return [];
    return [{ was, is }];
  });
}

function readingOf(region: Region, { name, policiesReadMs }: LiveFunction): PolicyReading | null {
  return policiesReadMs === undefined ? null : { region, name, readMs: policiesReadMs };
}

function isNewer(is: LiveFunction, was: LiveFunction): boolean {
  return (is.policiesReadMs ?? -Infinity) > (was.policiesReadMs ?? Infinity);
}

function isChanged(was: LiveFunction, is: LiveFunction): boolean {
  return [...was.policies].some(([qualifier, before]) => {
    const after = is.policies.get(qualifier);
    return after !== undefined && differs(before, after);
  });
}

function differs(before: Reading<LiveResourcePolicy>, after: Reading<LiveResourcePolicy>): boolean {
  if (before.kind === "unknown" || after.kind === "unknown") return false;
  if (before.kind !== "present" || after.kind !== "present") return before.kind !== after.kind;
  const [old, now] = [before.value.text, after.value.text];
  return old !== now && !hasUniqueId(now) && !hasUniqueId(old);
}

/** AWS shows the id of a principal that was deleted in place of its ARN: no call changed the policy. */
function hasUniqueId(text: string): boolean {
  return /"A(?:ID|RO)A[A-Z0-9]{12,}"/.test(text);
}

/** By region and name of the function: the times of our writes of its policies. */
function ownWrites({ byTarget }: Readings["writes"]): ReadonlyMap<string, readonly number[]> {
  const timesMs = new Map<string, readonly number[]>();
  for (const [target, writes] of byTarget) {
    const place = functionInArn(target);
    if (place === null) continue;
    const id = `${place.region} ${place.name}`;
    timesMs.set(id, [...(timesMs.get(id) ?? []), ...writes.map(({ atMs }) => atMs)]);
  }
  return timesMs;
}

/** Our own write may have made the difference: one since shortly before the first reading, until the second one began. */
function isOwn(was: PolicyReading, is: LiveFunction, timesMs: readonly number[] = []): boolean {
  const untilMs = is.policiesReadMs ?? Infinity;
  return timesMs.some((atMs) => atMs + READ_MAY_BE_OLD_MS >= was.readMs && atMs <= untilMs);
}
