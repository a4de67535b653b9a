import type { AuditFact } from "../audit/entry.ts";
import type { AlertEvent } from "../model/alert-event.ts";
import type { AccountId } from "../model/aws/ids.ts";
import type { KeyRecord } from "../model/keys/key-record.ts";
import { targetText } from "../model/keys/key.ts";
import { accountOfIncident, parseIncident } from "../model/records/incident.ts";
import type { AccountRecord } from "../model/records/account-record.ts";
import type { KeyStatus } from "../model/status.ts";
import type { Revision } from "../model/values/revision.ts";
import { withUnreadAdoption } from "./adoption/settle-adoption.ts";
import { toConditions } from "./conditions/conditions.ts";
import { readyClaim } from "./conditions/claim.ts";
import { endedFacts } from "./key/audit-facts.ts";
import { UNKNOWN_DRIFT, type EndedDrift } from "./drift/ended-drifts.ts";
import type { Settlement } from "./settlement.ts";

/** An account that Git no longer declares, and what is recorded of it. */
export interface RemovedAccount {
  readonly record: AccountRecord;
  readonly keys: readonly KeyRecord[];
  /** The names of all open incidents. */
  readonly openIncidents: readonly string[];
  readonly revision: Revision;
  readonly nowIso: string;
}

/**
 * The end of everything that is open about an account that Git no longer declares. No pass reads it any more, so its drifts
 * and incidents would stay open forever. Nothing in AWS is changed, and the applied state of its keys stays recorded.
 */
export function removedAccount(removed: RemovedAccount): Settlement {
  const { record, keys, openIncidents, nowIso } = removed;
  const { accountId, name, declared } = record;
  const open = keys.flatMap((key) => (key.status === null ? [] : [{ ...key, status: key.status }]));
  const ended = openIncidents.filter((incident) => lastKnownAccount(incident) === accountId);
  const fact: AuditFact = { kind: "account-removed", accountId, account: name, incidents: ended.length };
  return {
    facts: [...open.flatMap((key) => driftFacts(key, removed)), ...(declared === null ? [] : [fact])],
    change: {
      keys: open.map((key) => removedKey(key, { name, nowIso })),
      members: [{ accountId, name, declared: null }],
    },
    alerts: ended.toSorted().map((incident) => removedAlert(incident, name)),
    accountName: name,
  };
}

/** The account whose removal ends the incident; null: it ends otherwise, or is about none or several. */
export function lastKnownAccount(name: string): AccountId | null {
  const incident = parseIncident(name);
  return incident === null || incident.kind === "unreadable" ? null : accountOfIncident(incident);
}

function removedAlert(name: string, account: string): AlertEvent {
  const incident = parseIncident(name);
  const target =
    incident !== null && "key" in incident ? targetText({ key: incident.key, account }) : account;
  return { kind: "account-removed", incident: name, account, target };
}

function driftFacts(
  { key, driftSinceMs, openDrifts }: KeyRecord,
  { revision }: RemovedAccount,
): readonly AuditFact[] {
  const ended = Object.entries(driftSinceMs).map(([fingerprint, sinceMs]): EndedDrift => {
    const known = openDrifts?.[fingerprint] ?? UNKNOWN_DRIFT;
    return { fingerprint, sinceMs, how: "account-removed", ...known };
  });
  if (ended.length === 0) return [];
  return [{ kind: "drift-ended", key, revision, how: "account-removed", ...endedFacts(ended) }];
}

function removedKey(
  record: KeyRecord & { readonly status: KeyStatus },
  { name, nowIso }: { readonly name: string; readonly nowIso: string },
): KeyRecord {
  const { openDrifts: _, status, ...rest } = record;
  const removed = {
    ...rest,
    driftSinceMs: {},
    incidentSinceMs: null,
    status: removedStatus(status, { name, nowIso }),
  };
  return withUnreadAdoption(removed, removedText(name), Date.parse(nowIso));
}

function removedText(name: string): string {
  return `account ${name} is no longer declared: it is not read, and nothing in it was changed`;
}

function removedStatus(
  status: KeyStatus,
  { name, nowIso }: { readonly name: string; readonly nowIso: string },
): KeyStatus {
  const assessment = {
    ready: readyClaim("Unknown", "AccountRemoved", removedText(name)),
    stalled: null,
    reconciling: null,
    drifted: null,
    suspended: null,
    sync: "Unknown",
    health: "Progressing",
  } as const;
  return {
    ...status,
    sync: assessment.sync,
    health: assessment.health,
    drift: null,
    plan: null,
    conditions: toConditions(assessment, status.conditions, nowIso),
  };
}
