import type { ConditionBlock, PrincipalElement, Statement } from "../../model/aws/policy-document.ts";
import type { Permission } from "../../iam/read/add-permission.ts";

/** A statement of a function's policy that AddPermission can write, without its Sid. */
export interface CallerBody extends Required<
  Pick<Statement, "Effect" | "Principal" | "Action" | "Resource">
> {
  readonly Condition?: ConditionBlock;
}

/** The elements are listed: a statement created by a spread takes twice the memory for the life of its manifest. */
export function withSid(
  Sid: string,
  { Effect, Principal, Action, Resource, Condition }: CallerBody,
): Statement {
  return Condition === undefined
    ? { Sid, Effect, Principal, Action, Resource }
    : { Sid, Effect, Principal, Action, Resource, Condition };
}

/** The statement that Lambda creates from an AddPermission call, without its Sid; with AWS's spelling of the keys. */
export function statementOf(permission: Permission, functionArn: string, partition: string): CallerBody {
  const Condition = conditionOf(permission);
  const Principal = principalOf(permission.Principal, partition);
  const { Action } = permission;
  return Condition === undefined
    ? { Effect: "Allow", Principal, Action, Resource: functionArn }
    : { Effect: "Allow", Principal, Action, Resource: functionArn, Condition };
}

function principalOf(principal: string, partition: string): PrincipalElement {
  if (principal === "*") return "*";
  if (/^\d{12}$/.test(principal)) return { AWS: `arn:${partition}:iam::${principal}:root` };
  return principal.startsWith("arn:") ? { AWS: principal } : { Service: principal };
}

function conditionOf(permission: Permission): ConditionBlock | undefined {
  const equal: Record<string, string> = {};
  if (permission.SourceAccount !== undefined) equal["AWS:SourceAccount"] = permission.SourceAccount;
  if (permission.PrincipalOrgID !== undefined) equal["aws:PrincipalOrgID"] = permission.PrincipalOrgID;
  if (permission.EventSourceToken !== undefined)
    equal["lambda:EventSourceToken"] = permission.EventSourceToken;
  if (permission.FunctionUrlAuthType !== undefined) {
    equal["lambda:FunctionUrlAuthType"] = permission.FunctionUrlAuthType;
  }
  const block: Record<string, Record<string, string>> = {};
  if (Object.keys(equal).length > 0) block["StringEquals"] = equal;
  if (permission.SourceArn !== undefined) block["ArnLike"] = { "AWS:SourceArn": permission.SourceArn };
  if (permission.InvokedViaFunctionUrl === true) block["Bool"] = { "lambda:InvokedViaFunctionUrl": "true" };
  return Object.keys(block).length === 0 ? undefined : block;
}
