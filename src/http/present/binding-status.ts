import type { BindingGroup, Condition, KeyStatus } from "../../model/status.ts";
import type { BindingCounts, BindingStatus, PolicyCounts } from "../../api/manifests.ts";
import { NO_DELTA } from "../../model/delta.ts";
import { accountIdOf, isBindingKey, keyParts, type Key } from "../../model/keys/key.ts";
import { suspensionOf } from "../../model/keys/suspension-scope.ts";
import type { AccountRecord } from "../../model/records/account-record.ts";
import { awaitsApproval, isBlocked, lastsUntilFixed } from "../../model/answers/blocked.ts";
import { sees } from "../access/access.ts";
import { hidesRecorded, type Reader } from "../request/reader.ts";
import { bindingGroup } from "./action-required/binding-group.ts";
import { neverCompared } from "./conditions/never-compared.ts";
import { notCompared } from "./conditions/not-compared.ts";
import { notRead } from "./conditions/not-read.ts";
import { withSuspensionInForce } from "./conditions/suspension-in-force.ts";
import { bindingRollback } from "./pending/rollbacks.ts";
import { bindingWave } from "./pending/waves.ts";
import { isoTime } from "./metadata.ts";

/** The status, with the time of the account's last sweep, which the record of a key does not contain. */
export function bindingStatus(reader: Reader, key: Key): BindingStatus {
  const account = reader.world.accounts.get(accountIdOf(key));
  const current = currentStatus(reader, key);
  const recorded = current ?? pendingStatus(reader, key);
  const sweepMs = verifiedMs(reader, key, account?.record ?? null);
  const wave = bindingWave(reader, key);
  const rolledBack = bindingRollback(reader.world.overview, keyParts(key).namespace);
  const { verifiedUntil = sweepMs === null ? null : isoTime(sweepMs), ...status } = recorded;
  return {
    ...status,
    ...(wave !== null && { wave }),
    ...(rolledBack !== null && { rolledBack }),
    ...(current !== null && isBlocked(current, answersOf(reader, key)) && { isBlocked: true }),
    drift: shownDrift(reader, key, recorded),
    conditions: status.conditions.map((condition) => shownCondition(reader, key, condition)),
    lastVerifiedAt: verifiedUntil,
  };
}

/** The last sweep, or what it kept of an earlier one; of the account's oldest reading until this process has compared the key. */
function verifiedMs(reader: Reader, key: Key, record: AccountRecord | null): number | null {
  const sweepMs = record?.lastSweepMs ?? null;
  if (sweepMs === null || record?.oldestPolicyReadMs === undefined || !isBindingKey(key)) return sweepMs;
  const view = reader.keyView(key);
  const readMs = view === null ? record.oldestPolicyReadMs : view.liveFunction?.policiesReadMs;
  return Math.min(sweepMs, readMs ?? sweepMs);
}

/**
 * The recorded status, as far as it is an answer about the declaration in force and about AWS now; null: the key has no
 * record yet. While the account cannot be read, the reason is that, and no comparison is one.
 */
function currentStatus(reader: Reader, key: Key): KeyStatus | null {
  const { world } = reader;
  const recorded = recordedStatus(reader, key);
  if (recorded === null) return null;
  const failing = world.accounts.get(accountIdOf(key))?.record?.failing ?? null;
  if (failing !== null && recorded.sync === "Unknown") return recorded;
  const since = reader.uncomparedSince(key);
  if (since !== null) return notCompared(recorded, since);
  return failing === null ? recorded : notRead(recorded, failing);
}

function recordedStatus({ world }: Reader, key: Key): KeyStatus | null {
  const status = world.records.get(key)?.status ?? null;
  if (status === null) return null;
  return withSuspensionInForce(status, () =>
    suspensionOf(key, [world.suspendedKeys.get(key) ?? [], world.wideSuspensions].flat()),
  );
}

function shownDrift(reader: Reader, key: Key, { drift }: KeyStatus): BindingStatus["drift"] {
  if (drift === null) return null;
  const isHidden = hidesRecorded(reader, reader.keyView(key));
  return {
    ...drift,
    ...(isHidden && { delta: NO_DELTA, actor: null, authors: [] }),
    ...(reader.uncomparedSince(key) !== null && { isOutdated: true }),
  };
}

/** A rejection takes effect before the next pass; until then the record still has `AwaitingApproval`. */
function shownCondition({ world }: Reader, key: Key, recorded: Condition): Condition {
  const { missingAction: _, ...condition } = recorded;
  const rejection = world.rejectionOf.get(key);
  if (rejection === undefined || condition.reason !== "AwaitingApproval") return condition;
  return { ...condition, reason: "Rejected", message: `by ${rejection.actor}: "${rejection.reason}"` };
}

/** Of a key without a record. */
function pendingStatus(reader: Reader, key: Key): KeyStatus {
  const { world } = reader;
  const parts = keyParts(key);
  const account = world.accounts.get(parts.accountId);
  const failing = account?.record?.failing ?? null;
  const pending: KeyStatus = {
    key,
    account: account?.name ?? parts.accountId,
    accountId: parts.accountId,
    region: parts.kind === "function" ? parts.region : null,
    mode: account?.mode ?? "observe",
    sync: "Unknown",
    health: "Progressing",
    lastAttemptedRevision: null,
    lastAppliedRevision: null,
    inventory: [],
    drift: null,
    plan: null,
    conditions: neverCompared(declaredSince(reader, key)),
    notWatched: [],
  };
  return failing === null ? pending : notRead(pending, failing);
}

/**
 * A key may be added to an old manifest, or by an account: then it is as old as the push, or, after a restart, as what is
 * known of it.
 */
function declaredSince(reader: Reader, key: Key): string {
  const { objectOf, overview } = reader.world;
  const object = objectOf.get(key);
  if (object?.generation === 1 && object.observedGeneration === 0) return object.createdAt;
  return reader.uncomparedSince(key) ?? overview.startedAt;
}

/** Counts the visible bindings of functions among these keys. Keys that left Git count as orphans instead. */
export function countBindings(reader: Reader, counted: readonly Key[]): BindingCounts {
  const { world, access } = reader;
  const keys = counted.filter((key) => {
    const place = world.places.get(key);
    return place?.kind === "function" && sees(access, place.namespace);
  });
  const statuses = keys.map((key) => currentStatus(reader, key));
  const count = (holds: (status: KeyStatus) => boolean): number =>
    statuses.filter((status) => status !== null && holds(status)).length;
  return {
    bindings: keys.length,
    synced: count(({ sync }) => sync === "Synced"),
    drifted: count((status) => condition(status, "Drifted")?.status === "True"),
    held: count((status) => awaitsApproval(status, answersOf(reader, status.key))),
    broken: count(lastsUntilFixed),
    blocked: count((status) => isBlocked(status, answersOf(reader, status.key))),
    groups: groupsOf(reader, keys),
    policies: policyCounts(reader, counted),
  };
}

function answersOf(reader: Reader, key: Key): Parameters<typeof isBlocked>[1] {
  const { holdOf, rejectionOf } = reader.world;
  return {
    isHeld: holdOf.has(key),
    isRejected: rejectionOf.has(key),
    isUncompared: reader.uncomparedSince(key) !== null,
  };
}

function policyCounts(reader: Reader, counted: readonly Key[]): PolicyCounts {
  const { world, access } = reader;
  const keys = counted.filter((key) => {
    const place = world.places.get(key);
    return place?.kind === "policy" && sees(access, place.namespace);
  });
  const synced = keys.filter((key) => currentStatus(reader, key)?.sync === "Synced");
  const uncompared = keys.filter((key) => groupOf(reader, key) === "not-compared");
  return { declared: keys.length, synced: synced.length, uncompared: uncompared.length };
}

function groupsOf(reader: Reader, keys: readonly Key[]): Partial<Record<BindingGroup, number>> {
  const counts: Partial<Record<BindingGroup, number>> = {};
  for (const key of keys) {
    const group = groupOf(reader, key);
    counts[group] = (counts[group] ?? 0) + 1;
  }
  return counts;
}

function groupOf(reader: Reader, key: Key): BindingGroup {
  const { world } = reader;
  const account = world.accounts.get(accountIdOf(key))?.record ?? null;
  const view = reader.keyView(key);
  return bindingGroup({
    status: recordedStatus(reader, key),
    isAccountRead: account !== null && account.failing === null && account.lastSweepMs !== null,
    isUncompared: reader.uncomparedSince(key) !== null,
    isHeld: world.holdOf.has(key),
    isRejected: world.rejectionOf.has(key),
    isApproved: view !== null && view.verdict.kind !== "hold" && view.approved.length > 0,
  });
}

function condition(status: KeyStatus, type: Condition["type"]): Condition | undefined {
  return status.conditions.find((condition) => condition.type === type);
}
