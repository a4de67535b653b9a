import type { KeyView } from "../../../src/model/answers/key-view.ts";
import { NO_DELTA } from "../../../src/model/delta.ts";
import type { DesiredBinding } from "../../../src/model/desired.ts";
import type { Drift } from "../../../src/model/drift.ts";
import { keyParts, type Key } from "../../../src/model/keys/key.ts";
import { emptyKeyRecord, type KeyRecord } from "../../../src/model/keys/key-record.ts";
import type { LiveFunction, LiveRole } from "../../../src/model/live.ts";
import { planDigest, type KeyPlan } from "../../../src/model/plan.ts";
import type { Condition, KeyStatus } from "../../../src/model/status.ts";
import { REVISION } from "../record/audit-facts.ts";
import { NOW } from "../fakes/fake-control.ts";
import { PARTITION, REGION, arn } from "./world-keys.ts";
import { NO_NEEDS } from "../pass/live-state.ts";

export function condition(change: Partial<Condition> = {}): Condition {
  return {
    type: "Ready",
    status: "True",
    reason: "ReconciliationSucceeded",
    message: "",
    lastTransitionTime: NOW,
    ...change,
  };
}

function status(key: Key, change: Partial<KeyStatus> = {}): KeyStatus {
  const parts = keyParts(key);
  return {
    key,
    account: "prod",
    accountId: parts.accountId,
    region: parts.kind === "function" ? parts.region : null,
    mode: "enforce",
    sync: "Synced",
    health: "Healthy",
    lastAttemptedRevision: REVISION,
    lastAppliedRevision: REVISION,
    inventory: [],
    drift: null,
    conditions: [condition()],
    plan: null,
    notWatched: ["layers"],
    ...change,
  };
}

export function record(key: Key, change: Partial<KeyStatus> = {}): KeyRecord {
  return { ...emptyKeyRecord(key), status: status(key, change) };
}

function binding(key: Key): DesiredBinding {
  const parts = keyParts(key);
  const { namespace, name, accountId } = parts;
  const origin = { file: `teams/${namespace}/${name}.yaml`, line: 1, column: 1, path: "" };
  return {
    key,
    namespace,
    name,
    account: "prod",
    accountId,
    partition: PARTITION,
    region: REGION,
    functionName: name,
    functionArn: arn(`arn:aws:lambda:eu-west-1:${accountId}:function:${name}`),
    mode: "enforce",
    role: {
      name: `${name}-eu-west-1`,
      path: "/grantkeeper/",
      arn: arn(`arn:aws:iam::${accountId}:role/grantkeeper/${name}-eu-west-1`),
      boundary: null,
      inline: { statements: [] },
      attachments: [],
      tags: [],
      description: "",
      maxSessionSeconds: 3_600,
      tagOrigins: {},
      origin,
    },
    functionRole: "verify",
    logGroup: null,
    callers: [],
    undeclaredCallers: "report",
    deletionPolicy: "retain",
    origin,
    functionOrigin: origin,
    targetOrigin: origin,
  };
}

export function liveRole(key: Key, owner: string): LiveRole {
  const { role } = binding(key);
  return {
    name: role.name,
    path: role.path,
    arn: role.arn,
    roleId: "AROAEXAMPLE",
    createdAtMs: 0,
    trust: "{}",
    description: "",
    maxSessionSeconds: 3_600,
    boundary: null,
    inline: [{ name: "grantkeeper", text: `{"of":"${owner}"}` }],
    attachments: [],
    tags: [{ key: "grantkeeper.dev/owner", value: owner }],
    instanceProfiles: [],
    lastUsedAtMs: null,
  };
}

function liveFunction(key: Key): LiveFunction {
  const { functionName, functionArn, role } = binding(key);
  return {
    name: functionName,
    arn: functionArn,
    roleArn: role.arn,
    revisionId: "r",
    needs: NO_NEEDS,
    triggers: { kind: "unknown", reason: "not requested" },
    versions: {
      kind: "present",
      value: [
        { version: "41", roleArn: role.arn },
        { version: "40", roleArn: "arn:aws:iam::111122223333:role/orders-shared" },
      ],
    },
    aliases: { kind: "absent" },
    edge: false,
    policies: new Map([["", { kind: "present", value: { text: "{}", revisionId: "r" } }]]),
  };
}

export function drift(key: Key, change: Partial<Drift> = {}): Drift {
  return {
    key,
    subject: binding(key).role.arn,
    change: { kind: "inline-extra", policyName: "hotfix" },
    tier: "security",
    cause: "out-of-band",
    certainty: "confirmed",
    live: "{}",
    desired: null,
    delta: NO_DELTA,
    origin: null,
    ...change,
  };
}

export function plan(key: Key, change: Partial<KeyPlan> = {}): KeyPlan {
  return {
    key,
    purpose: "converge",
    actions: [],
    approvable: [],
    withheld: [],
    digest: planDigest(key, { actions: [] }),
    nextDueMs: null,
    ...change,
  };
}

export function view(key: Key, change: Partial<KeyView> = {}): KeyView {
  const isFunction = keyParts(key).kind === "function";
  const { namespace, name } = keyParts(key);
  return {
    key,
    desired: isFunction ? binding(key) : null,
    isInvalid: false,
    isApplied: true,
    drifts: [],
    notes: [],
    findings: [],
    liveRules: { breaches: [], unread: [] },
    plan: plan(key),
    verdict: { kind: "allow" },
    approved: [],
    heldBack: null,
    stricter: null,
    liveRole: isFunction ? liveRole(key, `${namespace}/${name}`) : null,
    liveFunction: isFunction ? liveFunction(key) : null,
    functionRole: isFunction ? "present" : null,
    readings: isFunction ? readings(key) : null,
    unread: [],
    undo: null,
    obstacle: null,
    adoption: null,
    usedRoles: [],
    readAt: NOW,
    ...change,
  };
}

function readings(key: Key): KeyView["readings"] {
  const { namespace, name } = keyParts(key);
  return {
    declaredRole: { kind: "present", value: liveRole(key, `${namespace}/${name}`) },
    function: { kind: "present", value: liveFunction(key) },
    otherRole: null,
  };
}
