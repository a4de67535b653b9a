import type { AuditFact } from "../../../../src/audit/entry.ts";
import type { Timeline } from "../../../../src/model/reads/timeline.ts";
import type { TimelineRange } from "../../../../src/model/reads/timeline-range.ts";
import type { Access } from "../../../../src/http/access/access.ts";
import { timeline } from "../../../../src/http/present/timeline/timeline.ts";
import { readerOf } from "../../../../src/http/request/reader.ts";
import { WorldReader } from "../../../../src/http/request/world.ts";
import { NO_DELTA } from "../../../../src/model/delta.ts";
import { driftFingerprint } from "../../../../src/model/drift.ts";
import { emptyKeyRecord, type KeyRecord, type OpenDrift } from "../../../../src/model/keys/key-record.ts";
import type { Key } from "../../../../src/model/keys/key.ts";
import type { AccountRecord } from "../../../../src/model/records/account-record.ts";
import { FakeControl } from "../../../support/fakes/fake-control.ts";
import type { FakeState } from "../../../support/fakes/fake-state.ts";
import { ACCOUNT, REVISION } from "../../../support/record/audit-facts.ts";
import { timedEntries } from "../../../support/record/timed-entries.ts";
import { accessOf } from "../../../support/screens/access.ts";
import { fakeState } from "../../../support/screens/api-world.ts";
import { BY_ALICE } from "../../../support/screens/authors.ts";
import { ORDERS_API } from "../../../support/screens/world-keys.ts";
import { drift } from "../../../support/screens/world-states.ts";

export const TO = "2026-11-28T12:00:00.000Z";
export const NOW_MS = Date.parse(TO);
export const hours = (number: number): string => new Date(NOW_MS - number * 3_600_000).toISOString();
const LONG_AGO = hours(24 * 90);
const EVERYTHING = accessOf("reader", "all");
export const ORDERS = accessOf("team", new Set(["orders"]));
export const STARTED: AuditFact = {
  kind: "started",
  version: "1",
  configDigest: "c",
  catalogueDigest: "d",
  freshDatabase: false,
};
export const ATTACHED = "+ AdministratorAccess attached to its role";

export function ended(change: Partial<Extract<AuditFact, { kind: "drift-ended" }>> = {}): AuditFact {
  return {
    kind: "drift-ended",
    key: ORDERS_API,
    revision: REVISION,
    fields: ["attachment-extra"],
    how: "reverted",
    changes: ['- policy "AdministratorAccess"'],
    risks: ["escalation"],
    since: hours(3),
    lastCleanAt: hours(4),
    ...change,
  };
}

export function found(change: Partial<Extract<AuditFact, { kind: "drift-found" }>> = {}): AuditFact {
  return {
    kind: "drift-found",
    key: ORDERS_API,
    revision: REVISION,
    fields: ["attachment-extra"],
    changes: [ATTACHED],
    risks: ["escalation"],
    delta: NO_DELTA,
    severity: "security",
    authors: [{ difference: ATTACHED, attribution: BY_ALICE }],
    ...change,
  };
}

export function gap(since: string, until: string, reason: string | null = null): AuditFact {
  return {
    kind: "read-gap",
    accountId: ACCOUNT,
    account: "prod",
    regions: ["eu-west-1"],
    since,
    until,
    reason,
  };
}

export interface Scene {
  readonly facts?: readonly (readonly [string, AuditFact])[];
  readonly records?: readonly KeyRecord[];
  readonly account?: Partial<AccountRecord>;
  readonly comparing?: boolean;
  readonly access?: Access;
  readonly namespace?: string;
  readonly range?: TimelineRange;
  readonly untilMs?: number;
  readonly state?: Partial<FakeState>;
}

const SWEPT_MS = NOW_MS - 60_000;
export const READ = { "eu-west-1": { sinceMs: Date.parse(LONG_AGO), lastMs: SWEPT_MS } };

/** An account that was read until a minute ago, and an old record. */
export async function asked(scene: Scene = {}): Promise<Timeline> {
  const { facts = [], records = [], account = {}, comparing = false, access = EVERYTHING } = scene;
  const state = fakeState();
  const accounts = state.overview.accounts.map((view) => ({
    ...view,
    comparing,
    record:
      view.record === null
        ? null
        : { ...view.record, failing: null, lastSweepMs: SWEPT_MS, regionReads: READ, ...account },
  }));
  const control = new FakeControl({
    ...state,
    overview: { ...state.overview, accounts, sweepMs: 300_000 },
    views: new Map(),
    records,
    history: timedEntries([[LONG_AGO, STARTED], ...facts]),
    ...scene.state,
  });
  const world = await new WorldReader(control).read();
  const reader = readerOf({ control, world, access, tenantPath: "teams", nowMs: NOW_MS });
  const { namespace = null, range = "24h" } = scene;
  return (await timeline(reader, control, { namespace, range, untilMs: scene.untilMs ?? null })).status;
}

export const countsOf = ({ steps }: Timeline) => steps.map(({ drifting }) => drifting);

export function drifting(
  key: Key,
  facts: Partial<OpenDrift> | null,
  sinceMs = Date.parse(hours(2)),
): KeyRecord {
  const fingerprint = driftFingerprint(drift(key));
  return {
    ...emptyKeyRecord(key),
    driftSinceMs: { [fingerprint]: sinceMs },
    ...(facts !== null && { openDrifts: { [fingerprint]: { lastCleanMs: null, risks: [], ...facts } } }),
  };
}
