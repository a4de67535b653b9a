import type { Template } from "../stack.ts";
import { BASIC_EXECUTION, functionWith, invokedBy, liveAlias, readsOrders, roleWith, RULE } from "./parts.ts";

/**
 * The resources of a Terraform configuration, written as those of CloudFormation, because the calls are the same: a role with
 * a policy and an attachment, a function with `publish = true`, and an alias that follows `version`.
 * @see https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/lambda_function
 */
const former: Template = {
  aws_iam_role_orders_api: roleWith({
    RoleName: "orders-api-role",
    ManagedPolicyArns: [BASIC_EXECUTION],
    Policies: [{ PolicyName: "orders-api", PolicyDocument: readsOrders }],
  }),
};

function configuration(role: unknown, versionId: string): Template {
  const id = "aws_lambda_function_orders_api";
  return {
    [id]: functionWith({ name: "orders-api", role, tags: { ManagedBy: "terraform" } }),
    ...liveAlias(id, versionId, "Retain"),
    aws_lambda_permission_nightly: invokedBy(id, "events.amazonaws.com", RULE),
  };
}

export const TERRAFORM_BEFORE: Template = {
  ...former,
  ...configuration({ GetAtt: "aws_iam_role_orders_api" }, "version_1"),
};

export function terraformSwitched(roleArn: string): Template {
  return { ...former, ...configuration(roleArn, "version_2") };
}

export function terraformWithoutFormerRole(roleArn: string): Template {
  return configuration(roleArn, "version_2");
}
