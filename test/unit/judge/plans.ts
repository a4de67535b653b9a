import type { PlansContext } from "../../../src/judge/judge-plans.ts";
import { type Action, approvableDigests, planDigest, type KeyPlan } from "../../../src/model/plan.ts";
import type { Approval } from "../../../src/model/approval.ts";
import { NO_DELTA } from "../../../src/model/delta.ts";
import type { Digest } from "../../../src/model/values/digest.ts";
import type { Finding } from "../../../src/model/finding.ts";
import type { Key } from "../../../src/model/keys/key.ts";

export const NOW_MS = Date.parse("2026-11-25T12:00:00Z");

export function functionKey(name: string, namespace = "orders"): Key {
  return `function/222222222222/eu-west-1/${namespace}/${name}` as Key;
}

export function action(key: Key, facts: Partial<Action> = {}): Action {
  return {
    key,
    step: 6,
    call: "iam:PutRolePolicy",
    input: { RoleName: "r", PolicyName: "grantkeeper" },
    target: "arn:aws:iam::222222222222:role/grantkeeper/r",
    before: null,
    after: "{}",
    risk: "low",
    cause: "revision",
    destructive: false,
    endsExposure: false,
    due: { kind: "now" },
    delta: NO_DELTA,
    origin: null,
    ...facts,
  };
}

export function planOf(key: Key, actions: readonly Action[], facts: Partial<KeyPlan> = {}): KeyPlan {
  const digest = planDigest(key, { actions, ...facts });
  return {
    key,
    purpose: "converge",
    actions,
    approvable: [],
    withheld: [],
    digest,
    nextDueMs: null,
    ...facts,
  };
}

/** Git changed the applied state. */
export function modifying(name: string, namespace = "orders"): KeyPlan {
  const key = functionKey(name, namespace);
  return planOf(key, [action(key)]);
}

/** A principal in AWS changed the applied state. */
export function reverting(name: string, namespace = "orders"): KeyPlan {
  const key = functionKey(name, namespace);
  return planOf(key, [action(key, { cause: "out-of-band" })]);
}

export function creating(name: string, namespace = "orders"): KeyPlan {
  const key = functionKey(name, namespace);
  return planOf(key, [action(key, { cause: "initial", call: "iam:CreateRole", step: 2 })]);
}

export function deleting(name: string, namespace = "orders"): KeyPlan {
  const key = functionKey(name, namespace);
  return planOf(key, [action(key, { call: "iam:DeleteRole", step: 13 })], { purpose: "delete" });
}

export function names(count: number): readonly string[] {
  return Array.from({ length: count }, (_, at) => `f-${String(at).padStart(3, "0")}`);
}

export function approvalOf(plans: readonly KeyPlan[], facts: Partial<Approval> = {}): Approval {
  return {
    subject: "sha256:0" as Digest,
    actor: "dana",
    reason: "seen",
    at: "2026-11-25T11:00:00.000Z",
    expiresAt: "2026-11-25T13:00:00.000Z",
    actions: Object.fromEntries(plans.map((plan) => [plan.key, approvableDigests(plan)])),
    ...facts,
  };
}

export function finding(key: Key, facts: Partial<Finding> = {}): Finding {
  return {
    rule: "RES-001",
    severity: "block",
    key,
    origin: null,
    evidence: "{}",
    why: "too wide",
    fix: "narrow it",
    waiver: { kind: "none" },
    ...facts,
  };
}

/** An account that has started, with 20 applied bindings in `orders`. */
export function plansContext(plans: readonly KeyPlan[], facts: Partial<PlansContext> = {}): PlansContext {
  return {
    plans,
    findings: new Map(),
    approvers: new Map(),
    authors: new Map(),
    assisted: new Set(),
    relaxed: new Map(),
    firstClaims: new Map(),
    takeOvers: new Map(),
    gates: new Map(),
    approvals: [],
    nowMs: NOW_MS,
    limits: { deletes: 3, changedCount: 10, changedShare: 0.2 },
    account: { started: true, isRecordLost: false, catalogueChanged: false },
    namespaceBindings: new Map([["orders", 20]]),
    teamLimits: new Map(),
    changedAlready: new Map(),
    ...facts,
  };
}

export const many = <T>(count: number, of: (name: string) => T): readonly T[] =>
  names(count).map((name) => of(name));
export const NOT_STARTED = { started: false, isRecordLost: false, catalogueChanged: false };
