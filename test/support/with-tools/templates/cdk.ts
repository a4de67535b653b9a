import type { Resource, Template } from "../stack.ts";
import { BASIC_EXECUTION, functionWith, invokedBy, liveAlias, readsOrders, roleWith, RULE } from "./parts.ts";

/**
 * What the CDK synthesises for a `Function` with `table.grantReadData(handler)`, an alias of `handler.currentVersion`, and a
 * rule of EventBridge. The logical id of the version has a hash of the function's properties, the role included.
 * @see https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.aws_lambda-readme.html
 */
const FUNCTION = "OrdersApi5D4C3B2A";
const ROLE = "OrdersApiServiceRole1A2B3C4D";
const POLICY = "OrdersApiServiceRoleDefaultPolicy0F1E2D3C";

function policyOn(role: unknown): Resource {
  const Properties = { PolicyName: POLICY, PolicyDocument: readsOrders, Roles: [role] };
  return { Type: "AWS::IAM::Policy", Properties };
}

function stack(role: unknown, hash: string): Template {
  return {
    [FUNCTION]: functionWith({ name: "orders-api", role }),
    ...liveAlias(FUNCTION, `OrdersApiCurrentVersion${hash}`),
    OrdersApiAllowEventRule6E5F4A3B: invokedBy(FUNCTION, "events.amazonaws.com", RULE),
  };
}

export const CDK_BEFORE: Template = {
  [ROLE]: roleWith({ ManagedPolicyArns: [BASIC_EXECUTION] }),
  [POLICY]: policyOn({ Ref: ROLE }),
  ...stack({ GetAtt: ROLE }, "E0C49F1A"),
};

/** `Role.fromRoleArn` with `mutable: false`: the grant adds nothing. */
export function cdkSwitched(roleArn: string): Template {
  return stack(roleArn, "77B1D2C3");
}

/** Without `mutable: false`: the grant adds a policy to the role. */
export function cdkMutable(roleArn: string): Template {
  return { ...cdkSwitched(roleArn), RolePolicy72E7A6F1: policyOn(roleArn.split("/").at(-1)) };
}
