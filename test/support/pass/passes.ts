import { CompiledTexts } from "../../../src/diff/documents/compiled-texts.ts";
import { DeclarationDigests } from "../../../src/diff/drift/declaration-digests.ts";
import { RoleChecks } from "../../../src/guard/context/role-checks.ts";
import { NO_PENDING_AUTHORS } from "../../../src/model/authors.ts";
import { recentWrites } from "../../../src/diff/drift/recent-writes.ts";
import { Comparer } from "../../../src/iam/compare/comparer.ts";
import type { ActionData } from "../../../src/iam/action-data.ts";
import { SAME_CLOCK } from "../../../src/model/changes/clock-offset.ts";
import { firstAccountRecord } from "../../../src/model/records/account-record.ts";
import type { Pass, Subject } from "../../../src/judge/subject.ts";
import type { SettleFacts } from "../../../src/settle/key/settle-key.ts";
import type { SettleContext } from "../../../src/settle/settle.ts";
import { type Action, planDigest, type KeyPlan } from "../../../src/model/plan.ts";
import { NO_DELTA } from "../../../src/model/delta.ts";
import type { DesiredBinding, DesiredPolicy } from "../../../src/model/desired.ts";
import { digestOf } from "../../../src/model/values/digest.ts";
import type { Drift } from "../../../src/model/drift.ts";
import type { KeyRecord } from "../../../src/model/keys/key-record.ts";
import { DEFAULT_LIMITS } from "../../../src/model/rules/limits.ts";
import type { KeyStatus } from "../../../src/model/status.ts";
import { appliedRecord, binding, desiredAccount, desiredOf, INSTANCE, NOW_MS } from "./bindings.ts";
import { convergedAccount } from "./live-state.ts";
import type { KeyOutcome, PassResult } from "../../../src/settle/outcome/outcome.ts";
import type { KeyJudgement, NotApplied } from "../../../src/judge/judgement.ts";

/** Knows no service, so the guard finds nothing about actions. */
export const NO_ACTION_DATA: ActionData = {
  snapshotDate: "2026-09-26",
  services: [],
  knowsService: () => true,
  serviceNames: () => [],
  actionNames: () => [],
  find: (action) => ({
    action,
    accessLevels: ["Read"],
    resourceArns: ["*"],
    wildcardOnly: false,
    conditionKeys: [],
    resourceTypes: [],
  }),
  conditionKey: () => undefined,
  expand: () => [],
};

export const BINDING = binding();
export const KEY = BINDING.key;

/** A pass over these states, in an account that has started. */
export function passOf(
  states: readonly (DesiredBinding | DesiredPolicy)[] = [BINDING],
  change: Partial<Pass> = {},
): Pass {
  const desired = desiredOf(
    states.filter((state) => "functionName" in state),
    states.filter((state) => "policyName" in state),
  );
  const account = change.account ?? desiredAccount();
  return {
    id: "pass-1",
    number: 1,
    startedAtMs: NOW_MS,
    account,
    history: {
      record: {
        ...firstAccountRecord(account.id, account.name),
        started: true,
        catalogueDigest: "c",
        clockOffset: SAME_CLOCK,
      },
      approvals: [],
    },
    scope: { kind: "all" },
    revision: desired.revision,
    authors: NO_PENDING_AUTHORS,
    desired,
    invalid: new Map(),
    brokenFileKeys: new Map(),
    sourceTexts: new Map(),
    requestedKeys: new Set(),
    instance: INSTANCE,
    mode: "enforce",
    limits: DEFAULT_LIMITS,
    records: new Map(),
    rejections: [],
    suspensions: [],
    catalogueDigest: "c",
    version: "0.0.0-test",
    actionData: NO_ACTION_DATA,
    sweepMs: 300_000,
    base: null,
    shown: new Map(),
    comparer: new Comparer(),
    roleChecks: new RoleChecks(),
    texts: new CompiledTexts(),
    declarations: new DeclarationDigests(),
    ...change,
  };
}

/** The record of a key that was applied and looked at before. */
export function knownRecord(change: Partial<KeyRecord> = {}, state = BINDING): KeyRecord {
  return appliedRecord(state, { status: statusOf(), ...change });
}

export function statusOf(change: Partial<KeyStatus> = {}): KeyStatus {
  return {
    key: KEY,
    account: "prod",
    accountId: BINDING.accountId,
    region: BINDING.region,
    mode: "enforce",
    sync: "Synced",
    health: "Healthy",
    lastAttemptedRevision: null,
    lastAppliedRevision: null,
    inventory: [],
    drift: null,
    plan: null,
    conditions: [],
    notWatched: [],
    ...change,
  };
}

export function subjectOf(record: KeyRecord = knownRecord()): Subject {
  return { kind: "desired", key: KEY, record, desired: BINDING };
}

export function removedSubject(record: KeyRecord = knownRecord()): Subject {
  return { kind: "removed", key: KEY, record };
}

export function invalidSubject(record: KeyRecord = knownRecord()): Subject {
  const origin = { file: "teams/orders/orders-api.yaml", line: 7, column: 3, path: "spec" };
  const diagnostic = {
    severity: "error",
    code: "unknown-field",
    origin,
    message: "unknown field",
    fix: null,
  } as const;
  return { kind: "invalid", key: KEY, record, diagnostics: [diagnostic] };
}

export function planOf(actions: readonly Action[] = [], change: Partial<KeyPlan> = {}): KeyPlan {
  return {
    key: KEY,
    purpose: "converge",
    actions,
    approvable: [],
    withheld: [],
    digest: planDigest(KEY, { actions }),
    nextDueMs: null,
    ...change,
  };
}

export function actionOf(change: Partial<Action> = {}): Action {
  return {
    key: KEY,
    step: 6,
    call: "iam:PutRolePolicy",
    input: { RoleName: BINDING.role.name, PolicyName: "grantkeeper", PolicyDocument: "{}" },
    target: BINDING.role.arn,
    before: null,
    after: "{}",
    risk: "low",
    cause: "revision",
    destructive: false,
    endsExposure: false,
    due: { kind: "now" },
    delta: NO_DELTA,
    origin: null,
    ...change,
  };
}

export function driftOf(change: Partial<Drift> = {}): Drift {
  return {
    key: KEY,
    subject: BINDING.role.arn,
    change: { kind: "trust" },
    tier: "security",
    cause: "out-of-band",
    certainty: "confirmed",
    live: "theirs",
    desired: "ours",
    delta: NO_DELTA,
    origin: null,
    ...change,
  };
}

export function judgedOf(change: Partial<KeyJudgement> = {}): KeyJudgement {
  return {
    subject: subjectOf(),
    drifts: [],
    leftAlone: [],
    notes: [],
    waitsForFunction: false,
    unread: [],
    findings: [],
    plan: planOf(),
    verdict: { kind: "allow" },
    undo: null,
    mayBeDeleted: false,
    formerFindings: null,
    judgedBy: { rules: "0.0.0-test", fences: digestOf("fences") },
    appliedVerdict: null,
    stricter: null,
    firstClaim: null,
    approved: [],
    heldBack: null,
    released: [],
    ...change,
  };
}

export const HELD: KeyJudgement["verdict"] = {
  kind: "hold",
  code: "limit-changes",
  reason: "changes 11 bindings, limit 10",
  subject: digestOf("held"),
};

export const REFUSED: KeyJudgement["verdict"] = { kind: "refuse", reason: "RES-001: too wide", findings: [] };

export function skippedOf(notApplied: NotApplied, change: Partial<KeyJudgement> = {}): KeyOutcome {
  return { kind: "judged", judged: judgedOf(change), notApplied };
}

type Written = Extract<KeyOutcome, { readonly kind: "written" }>;

/** Written as planned and read back; by default everything matches Git then. */
export function writtenOf(change: Partial<KeyJudgement> = {}, written: Partial<Written> = {}): Written {
  const judged = judgedOf({ plan: planOf([actionOf()]), ...change });
  return {
    kind: "written",
    judged,
    writes: judged.plan.actions.map((action, at) => ({
      kind: "applied",
      action,
      intent: at + 1,
      atMs: NOW_MS,
    })),
    readBack: { kind: "seen", drifts: [], unread: [], plan: planOf() },
    ...written,
  };
}

export function seenOf(change: Partial<SettleFacts> = {}): SettleFacts {
  const live = change.live ?? convergedAccount(BINDING);
  return {
    ...TIME,
    pass: passOf(),
    observed: live,
    live,
    writes: recentWrites([]),
    swept: true,
    recorded: new Set(),
    liveRules: new Map(),
    isUnmovedInGit: () => true,
    ...change,
  };
}

export const TIME = { nowMs: NOW_MS, nowIso: new Date(NOW_MS).toISOString() };

type DonePass = Extract<PassResult, { readonly kind: "done" }>;

export function doneOf(
  outcomes: readonly KeyOutcome[],
  pass: Pass = passOf(),
  change: Partial<DonePass> = {},
): DonePass {
  const { live, writes, swept, recorded } = seenOf();
  const read = { live, observed: change.live ?? live };
  return { kind: "done", pass, ...read, swept, outcomes, writes, recorded, endedAtMs: NOW_MS, ...change };
}

export function settleContext(change: Partial<SettleContext> = {}): SettleContext {
  return {
    ...TIME,
    attempts: new Map(),
    random: () => 0.5,
    views: new Map(),
    orphans: [],
    liveRules: new Map(),
    openIncidents: new Set(),
    longWaitMs: 0,
    ...change,
  };
}
