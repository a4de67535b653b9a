import { accountText, compileTexts } from "../manifests.ts";
import type { DesiredTeam } from "../../../src/model/rules/team.ts";
import { defaultFences } from "../../../src/model/rules/account-fences.ts";
import type { AuditEntry } from "../../../src/audit/entry.ts";
import { nextEntry, CHAIN_START } from "../../../src/audit/chain.ts";
import type { KeyView } from "../../../src/model/answers/key-view.ts";
import type { AccountView, Overview } from "../../../src/controller/ports/control.ts";
import { parseArn, type Arn } from "../../../src/model/aws/arn.ts";
import { NO_DELTA } from "../../../src/model/delta.ts";
import type { DesiredAccount, DesiredBinding, Waiver } from "../../../src/model/desired.ts";
import type { Drift } from "../../../src/model/drift.ts";
import { driftFingerprint } from "../../../src/model/drift.ts";
import { parsePartition, parseRegion } from "../../../src/model/aws/ids.ts";
import { keyParts, parseKey, type Key } from "../../../src/model/keys/key.ts";
import { emptyKeyRecord, type KeyRecord } from "../../../src/model/keys/key-record.ts";
import type { LiveFunction, LiveRole } from "../../../src/model/live.ts";
import { planDigest, type KeyPlan } from "../../../src/model/plan.ts";
import type { Condition, KeyStatus } from "../../../src/model/status.ts";
import type { Verdict } from "../../../src/model/verdict.ts";
import { ACCOUNT, checked, DIGEST, intent, REVISION } from "../record/audit-facts.ts";
import { NOW, type FakeState } from "../fakes/fake-control.ts";
import type { ObjectRecord } from "../../../src/model/records/object-record.ts";

const PARTITION = checked(parsePartition("aws"));
const REGION = checked(parseRegion("eu-west-1"));

/** Two teams in one account: orders, whose token the tests use, and payments, of which it must read nothing. */
export const ORDERS_API = key("function/111122223333/eu-west-1/orders/orders-api");
export const ORDERS_JOBS = key("function/111122223333/eu-west-1/orders/orders-jobs");
export const REFUNDS = key("function/111122223333/eu-west-1/payments/refunds");
export const LEDGER = key("policy/111122223333/payments/ledger");
export const AUDIT_READ = key("policy/111122223333/platform/audit-read");

/** In an account that no manifest declares. */
export const STRAY = key("function/444455556666/eu-west-1/orders/stray");

export const PAYMENTS_SUBJECT = DIGEST;
/** Every word by which the other team would be known. */
export const FOREIGN_WORDS = ["payments", "refunds", "ledger"] as const;

function key(text: string): Key {
  return checked(parseKey(text));
}

function arn(text: string): Arn {
  return checked(parseArn(text));
}

function manifest(change: Partial<ObjectRecord> = {}): ObjectRecord {
  const name = change.name ?? "orders-api";
  const namespace = change.namespace ?? "orders";
  return {
    kind: "FunctionPermission",
    namespace,
    name,
    uid: `uid-${namespace}-${name}`,
    generation: 3,
    observedGeneration: 3,
    resourceVersion: 17,
    createdAt: NOW,
    document: JSON.stringify({
      metadata: { name, labels: { tier: "1", team: namespace } },
      spec: { mode: "enforce" },
    }),
    file: `teams/${namespace}/${name}.yaml`,
    line: 1,
    keys: [],
    ...change,
  };
}

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
    needs: {
      vpc: false,
      tracing: false,
      deadLetterArn: null,
      fileSystemArns: [],
      kmsKeyArn: null,
      logGroup: null,
    },
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
    digest: planDigest(key, []),
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
    drifts: [],
    notes: [],
    findings: [],
    liveRules: { breaches: [], unread: [] },
    plan: plan(key),
    verdict: { kind: "allow" },
    liveRole: isFunction ? liveRole(key, `${namespace}/${name}`) : null,
    liveFunction: isFunction ? liveFunction(key) : null,
    functionRole: isFunction ? "present" : null,
    readings: isFunction ? readings(key) : null,
    unread: [],
    undo: null,
    obstacle: null,
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

const ACCOUNT_DECLARED: DesiredAccount = {
  name: "prod",
  id: ACCOUNT,
  partition: PARTITION,
  regions: [REGION],
  mode: "enforce",
  modeOrigin: { file: "platform/accounts.yaml", line: 1, column: 1, path: "" },
  observer: { roleArn: arn("arn:aws:iam::111122223333:role/observer"), externalId: "external-secret" },
  writer: null,
  binder: null,
  boundary: null,
  boundaries: [],
  functionRole: "verify",
  tagKeys: [],
  fences: defaultFences(PARTITION),
  protectedPolicies: [],
  assumableRoles: [],
  passableRoles: [],
  controllableResources: [],
  limits: {},
  revertOtherMs: 0,
  propagationWaitMs: 0,
  deleteQuietMs: 0,
  budgets: {},
  origin: { file: "platform/prod.yaml", line: 1, column: 1, path: "" },
};

const ACCOUNT_VIEW: AccountView = {
  id: ACCOUNT,
  name: "prod",
  mode: "enforce",
  declared: ACCOUNT_DECLARED,
  passing: false,
  hasFault: false,
  unread: [],
  record: {
    accountId: ACCOUNT,
    name: "prod",
    started: true,
    catalogueDigest: null,
    lastSweepMs: Date.parse(NOW) - 41_000,
    previousSweepMs: null,
    declared: null,
    deleted: null,
    failing: { sinceMs: Date.parse(NOW), reason: "denied while it read payments/refunds" },
    functionsSeen: 1388,
    functionsInGit: 1204,
    control: null,
  },
};

const AWS_ACCOUNT_SPEC = {
  id: "111122223333",
  mode: "enforce",
  observer: { role: "arn:aws:iam::111122223333:role/observer", externalId: "external-secret" },
  vars: { paymentsTable: "payments-prod" },
};

const REFUNDS_HOLD: Verdict = {
  kind: "hold",
  code: "limit-deletes",
  reason: "would delete 4 roles of payments, limit 3",
  subject: PAYMENTS_SUBJECT,
};

function diagnostic(file: string, message: string): Overview["diagnostics"][number] {
  const origin = { file, line: 17, column: 9, path: "spec" };
  return {
    severity: "error",
    code: "unknown-grant",
    origin,
    message,
    fix: "see teams/payments/refunds.yaml",
  };
}

function overview(): Overview {
  return {
    version: "0.1.0",
    instance: "prod-1",
    mode: "enforce",
    startedAt: NOW,
    approvers: { security: ["lee"] },
    sweepMs: 300_000,
    brokenKeys: new Map(),
    accountSets: [],
    catalogueDate: "2026-09-26",
    source: {
      name: "main",
      accepted: REVISION,
      fetchedAt: NOW,
      held: {
        revision: REVISION,
        reason: "removes teams/payments/refunds.yaml",
        sinceMs: Date.parse(NOW),
      },
      failure: { message: "teams/payments is too large", fix: "make payments smaller", refused: true },
      uncommitted: false,
      verified: null,
    },
    tenancy: "closed",
    accounts: [ACCOUNT_VIEW],
    diagnostics: [
      diagnostic(
        "teams/orders/orders-jobs.yaml",
        "the role is also claimed by teams/payments/refunds.yaml:3",
      ),
      diagnostic("teams/payments/refunds.yaml", "unknown grant"),
    ],
    holds: [
      {
        subject: PAYMENTS_SUBJECT,
        code: "limit-deletes",
        sinceMs: Date.parse(NOW) - 3 * 3_600_000,
        reason: "would delete 4 roles of payments, limit 3",
        account: "prod",
        keys: [REFUNDS],
        actions: 4,
      },
    ],
    rejections: [],
    suspensions: [
      suspension("s-orders", { namespace: "orders" }, "INC-4410, with payments/refunds"),
      suspension("s-payments", { namespace: "payments" }, "INC-2"),
      suspension("s-everything", {}, "migration of payments"),
    ],
    orphans: [
      orphan(REFUNDS, "refunds-old"),
      orphan(ORDERS_JOBS, "orders-old"),
      { ...orphan(REFUNDS, "unknown-ledger"), key: null },
    ],
    reverts: [],
  };
}

function suspension(
  id: string,
  scope: { readonly namespace?: string },
  reason: string,
): Overview["suspensions"][number] {
  return {
    id,
    scope: { accountId: null, key: null, namespace: scope.namespace ?? null },
    reason,
    actor: "dana",
    at: NOW,
    until: "2026-11-25T13:00:00.000Z",
  };
}

function orphan(key: Key, role: string): Overview["orphans"][number] {
  const { namespace } = keyParts(key);
  return {
    key,
    account: "prod",
    arn: `arn:aws:iam::111122223333:role/grantkeeper/${role}`,
    since: NOW,
    reason: `a function of ${namespace} still uses it`,
  };
}

function waiver(name: string, of: Key): Waiver {
  const origin = { file: "platform/waivers.yaml", line: 1, column: 1, path: "" };
  return { name, rule: "RES-001", binding: of, reason: "x", owner: "dana", until: NOW, origin };
}

const TEAM_SPECS = {
  orders: {
    accounts: ["prod"],
    functions: ["orders-*"],
    resources: ["table/orders-*"],
    alerts: ["orders-chat"],
    shares: [{ with: "payments", resources: ["table/orders-events"] }],
  },
  payments: {
    accounts: ["*"],
    functions: ["refunds"],
    resources: ["invoices"],
    shares: [{ with: "orders", resources: ["invoices"], grants: { dynamodb: ["read"] } }],
  },
  search: { accounts: ["nowhere"], functions: "*" },
};

/** As `TEAM_SPECS` compile to; `search` has an error. */
function teams(): readonly DesiredTeam[] {
  const origin = { file: "platform/all.yaml", line: 1, column: 1, path: "" };
  const files = { "platform/teams.yaml": Object.entries(TEAM_SPECS).map(teamText).join("---\n") };
  const { desired } = compileTexts({
    "platform/accounts.yaml": accountText("prod", "111122223333"),
    ...files,
  });
  return [...desired.teams.values()].map((team) => ({ ...team, origin }));
}

function teamText([name, spec]: readonly [string, object]): string {
  return `${JSON.stringify({ apiVersion: "grantkeeper.dev/v1alpha1", kind: "Team", metadata: { name }, spec })}\n`;
}

function history(): readonly AuditEntry[] {
  const first = nextEntry(
    CHAIN_START,
    { kind: "stopped", version: "0.1.0", reason: "asked for payments" },
    NOW,
  );
  const second = nextEntry({ seq: first.seq, hash: first.hash }, intent({ key: ORDERS_API }), NOW);
  const third = nextEntry({ seq: second.seq, hash: second.hash }, intent({ key: REFUNDS }), NOW);
  return [first, second, third];
}

/** A fresh world for each test. */
export function fakeState(): FakeState {
  const extra = drift(ORDERS_API);
  const platform = { namespace: "platform", file: "platform/all.yaml" } as const;
  return {
    overview: overview(),
    objects: [
      manifest({ keys: [ORDERS_API] }),
      manifest({
        name: "orders-jobs",
        keys: [ORDERS_JOBS],
      }),
      manifest({ namespace: "payments", name: "refunds", keys: [REFUNDS] }),
      manifest({ kind: "ManagedPolicy", namespace: "payments", name: "ledger", keys: [LEDGER] }),
      manifest({ kind: "ManagedPolicy", name: "audit-read", keys: [AUDIT_READ], ...platform }),
      manifest({
        kind: "AwsAccount",
        name: "prod",
        ...platform,
        document: JSON.stringify({ spec: AWS_ACCOUNT_SPEC }),
      }),
      ...Object.entries(TEAM_SPECS).map(([name, spec]) =>
        manifest({ kind: "Team", name, ...platform, document: JSON.stringify({ spec }) }),
      ),
      manifest({ kind: "Waiver", name: "ord-77", ...platform }),
      manifest({
        kind: "Waiver",
        name: "ref-1",
        ...platform,
        document: JSON.stringify({ spec: { binding: "payments/refunds@prod" } }),
      }),
      manifest({
        kind: "Waiver",
        name: "broken",
        ...platform,
        document: JSON.stringify({ spec: { binding: "payments/ledgr" } }),
      }),
    ],
    records: [
      {
        ...record(ORDERS_API, { sync: "OutOfSync" }),
        driftSinceMs: { [driftFingerprint(extra)]: Date.parse(NOW) },
      },
      record(REFUNDS),
      record(LEDGER),
      record(AUDIT_READ),
    ],
    views: new Map([
      [ORDERS_API, view(ORDERS_API, { drifts: [extra] })],
      [REFUNDS, view(REFUNDS, { verdict: REFUNDS_HOLD, drifts: [drift(REFUNDS)] })],
      [LEDGER, view(LEDGER)],
    ]),
    permissions: new Map(),
    teams: teams(),
    waivers: [waiver("ord-77", ORDERS_API), waiver("ref-1", REFUNDS)],
    history: history(),
    version: 42,
    ready: true,
    formerlyHeld: new Map(),
    refusal: null,
    broken: null,
  };
}
