import { evaluate } from "../../../../src/iam/evaluate/evaluate.ts";
import { attachedPolicy } from "../../../../src/iam/evaluate/policy.ts";
import { accessRequest } from "../../../../src/iam/evaluate/request.ts";

const ACCOUNT = "111122223333";

const CALLER = {
  kind: "role",
  accountId: ACCOUNT,
  roleArn: `arn:aws:iam::${ACCOUNT}:role/r`,
  sessionArn: null,
} as const;

export type Values = string | readonly string[];

/** Whether a test of the key `k` holds if the request has these values of it; undefined: it lacks the key. */
export function holds(
  operator: string,
  wanted: unknown,
  found: Values | undefined,
  more: Record<string, Values> = {},
): boolean {
  return decided(operator, wanted, found, more) === "allowed";
}

export function decided(
  operator: string,
  wanted: unknown,
  found: Values | undefined,
  more: Record<string, Values> = {},
): "allowed" | "denied" | "unknown" {
  const text = JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Action: "*", Resource: "*", Condition: { [operator]: { "svc:K": wanted } } },
    ],
  });
  const policy = attachedPolicy(
    { from: "p", text },
    { dialect: "identity", partition: "aws", accountId: ACCOUNT },
  );
  const context = { ...more, ...(found !== undefined && { "SVC:k": found }) };
  const request = accessRequest({ caller: CALLER, action: "svc:Do", resource: "*", context });
  const decision = evaluate(request, {
    identity: [policy],
    boundary: null,
    session: [],
    resource: { kind: "none" },
  });
  return decision.kind;
}
