import { attachedPolicy, type AttachedPolicy } from "../../../src/iam/evaluate/policy.ts";
import type { Decision } from "../../../src/model/answers/decision.ts";
import type { AccessRequest } from "../../../src/iam/evaluate/request.ts";
import { evaluate, type ResourcePolicy } from "../../../src/iam/evaluate/evaluate.ts";
import type { Dialect } from "../../../src/model/aws/policy-document.ts";

export function policyText(statements: readonly object[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

/** A policy of the account, as the evaluator takes it. */
export function policyIn(accountId: string, dialect: Dialect, text: string): AttachedPolicy {
  return attachedPolicy({ from: dialect, text }, { dialect, partition: "aws", accountId });
}

/** AWS's decision for an identity with this one policy. */
export function decisionOf(
  request: AccessRequest,
  identity: AttachedPolicy,
  resource: ResourcePolicy = { kind: "none" },
): Decision {
  return evaluate(request, { identity: [identity], boundary: null, session: [], resource });
}

export function decisionText(decision: Decision): string {
  if (decision.kind === "unknown") return `unknown: ${decision.reason}`;
  if (decision.kind === "allowed") return `allowed by ${decision.by.map(({ sid }) => sid).join()}`;
  if (decision.cause === "explicit") return `denied by ${decision.by.sid ?? "a statement"}`;
  return `not allowed by the ${decision.layer} policy`;
}
