import type { Approval, Suspension } from "../../src/model/approval.ts";
import { emptyKeyRecord, type AppliedState, type KeyRecord } from "../../src/model/keys/key-record.ts";
import { NO_DELTA } from "../../src/model/delta.ts";
import { policyArn } from "../../src/model/aws/arn.ts";
import { parseNamespace, parseObjectName, parsePartition } from "../../src/model/aws/ids.ts";
import type { KeyStatus } from "../../src/model/status.ts";
import {
  ACCOUNT,
  checked,
  DIGEST,
  KEY,
  OTHER_ACCOUNT,
  OTHER_KEY,
  REVISION,
} from "../support/record/audit-facts.ts";
import { START_MS } from "./engines.ts";
import type { AccountRecord } from "../../src/model/records/account-record.ts";
import type { ObjectRecord } from "../../src/model/records/object-record.ts";
import type { SourceRecord } from "../../src/model/records/source-record.ts";

const iso = (ms: number): string => new Date(ms).toISOString();

const PARTITION = checked(parsePartition("aws"));

const ORIGIN = { file: "platform/audit-read.yaml", line: 1, column: 1, path: "" };

export function status(change: Partial<KeyStatus> = {}): KeyStatus {
  return {
    key: KEY,
    account: "prod",
    accountId: ACCOUNT,
    region: null,
    mode: "observe",
    sync: "OutOfSync",
    health: "Healthy",
    lastAttemptedRevision: REVISION,
    lastAppliedRevision: null,
    inventory: [{ type: "role", id: "arn:aws:iam::111122223333:role/grantkeeper/x", uniqueId: "AROAX" }],
    drift: { since: iso(START_MS), fields: ["inline"], delta: NO_DELTA, actor: null },
    plan: { digest: DIGEST, actions: 2, withheld: [] },
    conditions: [],
    notWatched: ["layers"],
    ...change,
  };
}

export function applied(sourceText: string): AppliedState {
  const place = { partition: PARTITION, accountId: OTHER_ACCOUNT };
  return {
    revision: REVISION,
    sourceText,
    atMs: START_MS,
    desired: {
      kind: "policy",
      policy: {
        ...place,
        key: OTHER_KEY,
        namespace: checked(parseNamespace("platform")),
        name: checked(parseObjectName("audit-read")),
        policyName: "gk_platform_audit-read",
        path: "/grantkeeper/",
        arn: policyArn(place, "/grantkeeper/", "gk_platform_audit-read"),
        use: "attach",
        document: { statements: [] },
        description: "half a pair: \ud800",
        tags: [{ key: "a", value: "b" }],
        deletionPolicy: "retain",
        origin: ORIGIN,
      },
    },
  };
}

export function record(change: Partial<KeyRecord> = {}): KeyRecord {
  return { ...emptyKeyRecord(KEY), ...change };
}

export function object(change: Partial<ObjectRecord> = {}): ObjectRecord {
  return {
    kind: "FunctionPermission",
    namespace: "orders",
    name: "orders-api",
    uid: "u1",
    generation: 1,
    observedGeneration: 1,
    resourceVersion: 0,
    createdAt: iso(START_MS),
    document: "{}",
    file: "teams/orders/orders-api.yaml",
    line: 1,
    keys: [KEY],
    ...change,
  };
}

export const ACCOUNT_RECORD: AccountRecord = {
  accountId: ACCOUNT,
  name: "prod",
  started: true,
  lastSweepMs: START_MS,
  previousSweepMs: null,
  declared: null,
  deleted: null,
  failing: { sinceMs: START_MS, reason: "denied" },
  functionsSeen: 2,
  functionsInGit: 1,
  catalogueDigest: null,
  control: { day: "2026-11-25", completeReads: 3, longestGapMs: 4 },
};

export const SOURCE_RECORD: SourceRecord = {
  source: "main",
  acceptedRevision: REVISION,
  heldRevision: null,
  fileKeys: { "teams/orders/orders-api.yaml": [KEY] },
};

export const APPROVAL: Approval = {
  subject: DIGEST,
  actor: "dana",
  reason: "reviewed",
  at: iso(START_MS),
  expiresAt: iso(START_MS + 1_000),
  actions: { [KEY]: [DIGEST] },
};

export const SUSPENSION: Suspension = {
  id: "s1",
  scope: { accountId: ACCOUNT, namespace: null, key: null },
  reason: "INC-1",
  actor: "dana",
  at: iso(START_MS),
  until: iso(START_MS + 1_000),
};
