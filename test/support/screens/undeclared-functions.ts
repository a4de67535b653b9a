import type { Arn } from "../../../src/model/aws/arn.ts";
import type { LiveRole } from "../../../src/model/live.ts";
import { withRole } from "../pass/apply.ts";
import { binding } from "../pass/bindings.ts";
import { liveRoleOf } from "../pass/live-state.ts";
import { ASKED_ACCOUNT, type AskedController } from "./asked-controller.ts";

// Functions in AWS that no manifest declares, for the proposals of `new`.

export const READS_TABLE = `arn:aws:dynamodb:eu-west-1:${ASKED_ACCOUNT}:table/invoices`;
export const READS = {
  Sid: "Reads",
  Effect: "Allow",
  Action: ["dynamodb:GetItem", "dynamodb:Query"],
  Resource: READS_TABLE,
};

export const ORDERS_TEAM = `apiVersion: grantkeeper.dev/v1alpha1
kind: Team
metadata: {name: orders}
spec:
  accounts: [prod]
  functions: [a, "orders-*"]
  resources: ["*"]
`;

export function roleArn(name: string): Arn {
  return `arn:aws:iam::${ASKED_ACCOUNT}:role/${name}` as Arn;
}

export function roleOf(
  name: string,
  statements: readonly object[],
  change: Partial<LiveRole> = {},
): LiveRole {
  const text = JSON.stringify({ Version: "2012-10-17", Statement: statements });
  const inline = statements.length === 0 ? [] : [{ name: "access", text }];
  return liveRoleOf(binding(), { name, arn: roleArn(name), inline, boundary: null, tags: [], ...change });
}

export function addWithRole(asked: AskedController, name: string, role: LiveRole): void {
  asked.aws.live = withRole(asked.aws.live, role);
  asked.addFunction(name, role.arn);
}
