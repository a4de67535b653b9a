import { addFunction, addRole, type WorldState } from "../../../src/simulator/world.ts";
import { ACCOUNT, REGION, type AwsWorld } from "./aws-world.ts";

export function seed(state: WorldState): void {
  for (const name of ["orders-api", "billing"])
    addRole(state, { accountId: ACCOUNT, name, path: "/grantkeeper/" });
  addFunction(state, {
    accountId: ACCOUNT,
    region: REGION,
    name: "orders-api",
    roleArn: `arn:aws:iam::${ACCOUNT}:role/grantkeeper/orders-api`,
  });
}

export function denies({ simulator }: AwsWorld, operation: string, action: string): void {
  const message = `User: arn:aws:sts::${ACCOUNT}:assumed-role/observer/gk-p1 is not authorized to perform: ${action} on resource: x because no identity-based policy allows the ${action} action`;
  const code = action.startsWith("lambda:") ? "AccessDeniedException" : "AccessDenied";
  simulator.addFault({ operation, kind: { kind: "error", code, message, status: 403 } });
}
