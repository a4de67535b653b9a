import type { SuspensionScope } from "../../../src/model/approval.ts";
import { defaultFences } from "../../../src/model/rules/account-fences.ts";
import type { AccountView, Overview } from "../../../src/controller/ports/control.ts";
import type { DesiredAccount } from "../../../src/model/desired.ts";
import { keyParts, type Key } from "../../../src/model/keys/key.ts";
import { ACCOUNT, REVISION } from "../record/audit-facts.ts";
import { NOW } from "../fakes/fake-control.ts";
import { ORDERS_JOBS, PARTITION, PAYMENTS_SUBJECT, REFUNDS, REGION, arn } from "./world-keys.ts";

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
  comparing: false,
  isAssigned: false,
  requests: { throttled: [], deniedCalls: [] },
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
    failing: null,
    functionsSeen: 1388,
    functionsInGit: 1204,
    control: null,
  },
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

const ALERT_ROUTES: Overview["alertRoutes"] = [
  {
    name: "payments-chat",
    sink: "slack",
    namespaces: ["payments"],
    accounts: ["*"],
    severity: "other",
    waiting: 2,
    oldestWaitingMs: Date.parse(NOW) - 1_200_000,
    deliveredMs: Date.parse(NOW) - 86_400_000,
    problem: {
      atMs: Date.parse(NOW) - 60_000,
      cause: "Slack answered channel_not_found",
      fix: "set channel to the id of a channel (C…), and invite the app into a private one",
    },
  },
];

export function overview(): Overview {
  return {
    version: "0.1.0",
    instance: "prod-1",
    mode: "enforce",
    startedAt: NOW,
    approvers: { security: ["lee"] },
    sweepMs: 300_000,
    clockOffset: null,
    brokenKeys: new Map(),
    changeQueues: [],
    backups: { kind: "none" },
    verification: { kind: "not-verified" },
    replicas: [],
    windows: [],
    accountSets: [],
    catalogueDate: "2026-09-26",
    source: {
      name: "main",
      namespace: null,
      location: {
        url: "https://git.example.com/platform/permissions",
        ref: { kind: "branch", name: "main" },
        webhooks: ["github"],
        pushQueue: null,
      },
      pushQueue: null,
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
    namespaceSources: [],
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
    alertRoutes: ALERT_ROUTES,
    reverts: [],
  };
}

export function suspension(
  id: string,
  scope: Partial<SuspensionScope>,
  reason: string,
): Overview["suspensions"][number] {
  return {
    id,
    scope: { accountId: null, key: null, namespace: null, ...scope },
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
