import type { JsonObject } from "../../model/values/json.ts";

const ROLES = "arn:aws:iam::111122223333:role/grantkeeper-system";

/** An AwsAccount with every field. */
export const EXAMPLE_ACCOUNT = {
  id: "111122223333",
  partition: "aws",
  regions: ["eu-west-1"],
  mode: "observe",
  observer: { role: `${ROLES}/observer`, externalId: "gk-7d1f0c52a9e3" },
  writer: { role: `${ROLES}/writer`, externalId: "gk-2e90b74d68f1" },
  binder: { role: `${ROLES}/binder`, externalId: "gk-91c04be81d5f" },
  boundary: "platform-default",
  boundaries: [{ name: "data-wide", namespaces: ["data"] }],
  callerAccounts: ["777788889999"],
  organizations: ["o-abcdef1234"],
  resourceAccounts: ["777788889999"],
  attachablePolicies: ["arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"],
  functionRole: "verify",
  tagKeys: ["cost-center"],
  adoptableRoles: ["arn:aws:iam::111122223333:role/orders-api-role"],
  assumableRoles: ["arn:aws:iam::777788889999:role/reports-reader"],
  passableRoles: ["arn:aws:iam::111122223333:role/batch-task"],
  controllableResources: ["arn:aws:lambda:eu-west-1:111122223333:function:build-runner"],
  requireSourceAccount: false,
  protectedPolicies: ["arn:aws:iam::aws:policy/SecurityAudit"],
  limits: { deletes: 1, changedCount: 5, changedShare: 0.2 },
  revert: { other: "15m" },
  propagationWait: "60s",
  deleteQuiet: "24h",
  adoption: { waveInterval: "24h" },
  vars: { ordersTable: "orders-prod" },
  budgets: { iamRead: 10, iamWrite: 5, lambda: 5, lambdaGetPolicy: 10 },
} satisfies JsonObject;

/** The same as the template of an AccountSet: each account has its own roles. */
export function exampleTemplate(): JsonObject {
  const {
    id,
    mode: _mode,
    adoptableRoles: _adoptableRoles,
    observer,
    writer,
    binder,
    ...spec
  } = EXAMPLE_ACCOUNT;
  const identity = ({ role, externalId }: typeof observer) => ({
    role: role.replace(id, "${account.id}"),
    externalId,
  });
  return { ...spec, observer: identity(observer), writer: identity(writer), binder: identity(binder) };
}
