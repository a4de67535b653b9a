import type { AccountCoverage, FunctionCoverage } from "../../../src/model/answers/coverage.ts";
import type { AccountId, Region } from "../../../src/model/aws/ids.ts";
import { NOW } from "../fakes/fake-control.ts";
import { ORDERS_API, REFUNDS } from "./world-keys.ts";

const ROLE = "arn:aws:iam::111122223333:role/service-role/shared";

function one(change: Partial<FunctionCoverage>): FunctionCoverage {
  const name = change.name ?? "orders-api";
  return {
    region: "eu-west-1" as Region,
    name,
    arn: `arn:aws:lambda:eu-west-1:111122223333:function:${name}`,
    state: "managed",
    reason: null,
    key: null,
    namespace: null,
    deployer: { kind: "console" },
    role: { arn: ROLE, users: 1, isComplete: true },
    risks: [],
    unread: [],
    ...change,
  };
}

/** One function for most states, with unread parts. */
export const COVERAGE: AccountCoverage = {
  accountId: "111122223333" as AccountId,
  account: "prod",
  readAtMs: Date.parse(NOW) - 180_000,
  functions: [
    one({
      name: "legacy",
      state: "excluded",
      reason: "moves to ECS (Exclusion legacy-ecs, owner dana, until 2027-03-01T00:00:00Z)",
    }),
    one({
      name: "report",
      state: "uncovered",
      deployer: { kind: "sam", stack: "reports", logicalId: "Report" },
      role: { arn: ROLE, users: 3, isComplete: true },
      risks: ["admin"],
    }),
    one({
      name: "unread",
      state: "uncovered",
      deployer: { kind: "unknown", reason: "tag:GetResources is denied" },
      unread: ["its resource policy (read for declared functions)"],
    }),
    one({ name: "orders-api", key: ORDERS_API, namespace: "orders", risks: ["public"] }),
    one({ name: "refunds", key: REFUNDS, namespace: "payments", state: "switched" }),
  ],
  unread: ["region us-east-1: AccessDenied"],
};
