import { WAITING_EVENTS } from "./waiting-events.ts";
import type { Delta, DeltaRow } from "../../../src/model/delta.ts";
import type { Namespace } from "../../../src/model/aws/ids.ts";
import type { Revision } from "../../../src/model/values/revision.ts";
import type { Key } from "../../../src/model/keys/key.ts";
import { NOTE } from "./pull-request-note.ts";
import type { AlertEvent } from "../../../src/model/alert-event.ts";
import { UNRECORDED_WRITE } from "../../support/trail/own-role-events.ts";
import { deltaRow, type RowTexts } from "../../support/policies/delta-rows.ts";

export const KEY = "function/222222222222/eu-west-1/orders/orders-api" as Key;
export const POLICY_KEY = "policy/222222222222/search/audit" as Key;

type Of<K extends AlertEvent["kind"]> = Extract<AlertEvent, { readonly kind: K }>;

export function row(facts: Partial<RowTexts> = {}): DeltaRow {
  return deltaRow({ resource: "arn:aws:sqs:eu-west-1:222222222222:orders-dlq", ...facts });
}

export function allowing(...allowed: readonly DeltaRow[]): Delta {
  return { allowed, noLongerAllowed: [], unknownEffect: [] };
}

export function opened(facts: Partial<Of<"drift-opened">> = {}): Of<"drift-opened"> {
  return {
    kind: "drift-opened",
    key: KEY,
    functionName: "orders-api",
    account: "prod",
    severity: "security",
    since: "2026-11-25T10:32:07.000Z",
    summary: ["+ AdministratorAccess attached to its role"],
    delta: allowing(row({ action: "*", resource: "*", risk: "escalation" })),
    next: { kind: "reverting-now" },
    authors: [],
    lookUp: "aws cloudtrail lookup-events --region us-east-1",
    keep: null,
    ...facts,
  };
}

export function closed(facts: Partial<Of<"drift-closed">> = {}): Of<"drift-closed"> {
  return {
    kind: "drift-closed",
    lastCleanAt: "2026-11-25T10:27:20.000Z",
    key: KEY,
    account: "prod",
    how: "reverted",
    since: "2026-11-25T10:32:07.000Z",
    at: "2026-11-25T10:32:41.000Z",
    ...facts,
  };
}

const BREAK = { problem: "broken at entry 6", reason: "changed", unverifiedFrom: 3 };
const BY = { actor: "dana", reason: "INC-4410" };
const ROLLED_BACK = { revision: "main@9c1d04e", next: "main@41aa2e0", until: "2026-11-25T12:44:00.000Z" };
/** One event of each kind. */
export const EVENTS: { readonly [K in AlertEvent["kind"]]: Of<K> } = {
  "drift-opened": opened(),
  "drift-closed": closed(),
  "drift-author-found": {
    kind: "drift-author-found",
    key: KEY,
    account: "prod",
    severity: "security",
    since: "2026-11-25T10:32:07.000Z",
    authors: [
      {
        difference: "+ AdministratorAccess attached to its role",
        attribution: {
          kind: "named",
          change: {
            eventId: "e1",
            at: "2026-11-25T10:32:07.000Z",
            call: "iam:AttachRolePolicy",
            aspect: { kind: "attached", arn: "arn:aws:iam::aws:policy/AdministratorAccess" },
            actor: {
              kind: "role-session",
              name: "alice@example.com",
              role: "AWSReservedSSO_Admin",
              roleArn: null,
              service: null,
              accountId: null,
              sourceAddress: "203.0.113.7",
              accessKeyId: null,
              usedMfa: null,
            },
          },
        },
      },
    ],
  },
  held: {
    kind: "held",
    incident: "hold/222222222222/x",
    account: "prod",
    subject: `sha256:${"7f3a91c2d4e5".padEnd(64, "0")}`,
    reason: "would delete 4 of namespace orders, limit 3",
    keys: [KEY, POLICY_KEY],
  },
  refused: {
    kind: "refused",
    key: KEY,
    account: "prod",
    reason: "RES-001: too wide",
    applied: "main@sha1:4f0e2d1aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" as Revision,
  },
  "commit-status": {
    kind: "commit-status",
    incident: `commit-status/main/${"4f0e2d1".padEnd(40, "a")}`,
    source: "main",
    commit: "4f0e2d1".padEnd(40, "a"),
    state: "pending",
    text: "accepted; being applied to AWS",
    isNew: true,
  },
  "pull-request-note": NOTE,
  "access-denied": {
    kind: "access-denied",
    incident: "account/222222222222/iam:PutRolePolicy",
    account: "prod",
    call: "iam:PutRolePolicy",
    message: "explicit deny in a service control policy",
    fix: "grantkeeper doctor",
  },
  "refusal-ended": { kind: "refusal-ended", key: KEY, account: "prod" },
  "access-restored": {
    kind: "access-restored",
    incident: "account/222222222222/iam:PutRolePolicy",
    account: "prod",
    call: "iam:PutRolePolicy",
  },
  "files-refused": {
    kind: "files-refused",
    incident: "files/orders",
    namespace: "orders" as Namespace,
    files: [{ path: "teams/orders/b.yaml", reason: "a symbolic link is not read", fix: "replace it" }],
  },
  "files-read": { kind: "files-read", incident: "files/orders", namespace: "orders" as Namespace },
  "pass-failed": {
    kind: "pass-failed",
    incident: "pass/222222222222",
    account: "prod",
    reason: "TypeError: x is not a function",
  },
  "pass-recovered": { kind: "pass-recovered", incident: "pass/222222222222", account: "prod" },
  "account-removed": {
    kind: "account-removed",
    incident: `drift/${KEY}`,
    account: "prod",
    target: "orders/orders-api@prod/eu-west-1",
  },
  "document-broken": {
    kind: "document-broken",
    incident: "document-broken/account prod",
    account: "prod",
    document: "account prod",
    place: "platform/accounts.yaml:4:1",
    error: { text: "platform/accounts.yaml:9:5: unknown region", fix: "write eu-west-1" },
    bindings: [
      { key: KEY, account: "prod" },
      { key: POLICY_KEY, account: "prod" },
    ],
  },
  "document-fixed": {
    kind: "document-fixed",
    incident: "document-broken/account prod",
    document: "account prod",
  },
  "account-unreadable": {
    kind: "account-unreadable",
    incident: "unreadable/222222222222",
    account: "prod",
    since: "2026-11-25T11:44:00.000Z",
    reason: "sts:AssumeRole: AccessDenied: not authorized to perform: sts:AssumeRole",
    fix: "grantkeeper doctor --account prod",
  },
  "account-read": { kind: "account-read", incident: "unreadable/222222222222" },
  contended: {
    kind: "contended",
    key: KEY,
    account: "prod",
    fields: [{ field: "trust", times: 4 }],
  },
  "contention-ended": { kind: "contention-ended", key: KEY, account: "prod" },
  "adoption-undone": {
    kind: "adoption-undone",
    key: KEY,
    account: "prod",
    role: "arn:aws:iam::111122223333:role/old",
    actor: "dana",
    until: "2026-10-08T12:00:00.000Z",
  },
  "adoption-undo-stopped": {
    kind: "adoption-undo-stopped",
    key: KEY,
    account: "prod",
    role: "arn:aws:iam::111122223333:role/old",
    reason: "role old has changed since the undo was approved",
  },
  "wave-stopped": {
    kind: "wave-stopped",
    incident: "wave/222222222222/orders",
    account: "prod",
    namespace: "orders",
    number: 2,
    reasons: ["orders/orders-api: AWS denied kms:Decrypt (AccessDenied)"],
  },
  "role-recreated": {
    kind: "role-recreated",
    key: KEY,
    account: "prod",
    role: "arn:aws:iam::222222222222:role/grantkeeper/orders-api",
  },
  "first-comparison": {
    kind: "first-comparison",
    account: "prod",
    compared: 20,
    differ: 14,
    findings: [
      { key: KEY, text: "+ anyone can invoke it", risks: ["exposure"] },
      { key: POLICY_KEY, text: "+ more", risks: ["escalation", "exposure"] },
    ],
  },
  "rollback-ending": { kind: "rollback-ending", source: "main", namespace: null, ...ROLLED_BACK, ...BY },
  "suspension-ending": {
    kind: "suspension-ending",
    id: "s1",
    scope: { accountId: null, namespace: null, key: KEY },
    target: "orders/orders-api@prod/eu-west-1",
    until: "2026-11-25T12:44:00.000Z",
    willChange: [
      { key: KEY, account: "prod", writes: 2 },
      { key: POLICY_KEY, account: "prod", writes: 1 },
    ],
  },
  "daily-reminder": {
    kind: "daily-reminder",
    suspensions: [{ id: "s1", target: "orders/@prod", until: "2026-11-25T12:44:00.000Z", actor: "dana" }],
    orphans: [{ arn: "arn:aws:iam::222222222222:role/old", account: "prod" }],
  },
  "functions-uncovered": {
    kind: "functions-uncovered",
    account: "prod",
    count: 3,
    names: ["report in eu-west-1"],
  },
  "revision-held": {
    kind: "revision-held",
    fix: null,
    source: "main",
    namespace: null,
    revision: "main@9c1d04e",
    reason: "not a descendant",
  },
  "source-failed": {
    kind: "source-failed",
    source: "main",
    namespace: null,
    reason: "no answer",
    fix: "check the network",
  },
  ...WAITING_EVENTS,
  "revision-decided": {
    kind: "revision-decided",
    source: "main",
    namespace: null,
    revision: "main@9c1d04e",
    how: "superseded",
  },
  "source-recovered": { kind: "source-recovered", source: "main", namespace: null },
  "backup-failed": {
    kind: "backup-failed",
    cause: "ENOSPC",
    problem: "the last backup failed",
    details: ["the disk is full", "no verified backup is known"],
    fix: "free space there",
    since: "2026-11-25T11:44:00.000Z",
    lastBackup: null,
  },
  "record-broken": { kind: "record-broken", ...BREAK },
  "record-verified": { kind: "record-verified" },
  "unrecorded-writes": {
    kind: "unrecorded-writes",
    incident: "unrecorded-writes/222222222222",
    account: "prod",
    count: 1,
    since: "2026-11-25T10:32:07.000Z",
    writes: [UNRECORDED_WRITE],
    entry: 9,
  },
  "unrecorded-writes-ended": {
    kind: "unrecorded-writes-ended",
    incident: "unrecorded-writes/222222222222",
    account: "prod",
  },
  "backup-recovered": { kind: "backup-recovered", lastBackup: "2026-11-25T13:00:00.000Z", isNew: true },
};
