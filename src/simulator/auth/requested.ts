import { type Input, own } from "../contract.ts";
import type { IamState } from "../iam/state.ts";
import type { LambdaState } from "../lambda/state.ts";

/** A permission that a call needs. */
export interface RequestedPermission {
  /** `iam:PutRolePolicy` */
  readonly action: string;
  /** An ARN, or `*` for a call that names no resource. */
  readonly resource: string;
}

export interface RequestedCall {
  readonly service: string;
  readonly operation: string;
  readonly input: Input;
  readonly partition: string;
  readonly accountId: string;
  readonly region: string;
  readonly iam: IamState;
  readonly lambda: LambdaState;
}

/**
 * The permissions that a call needs: of its own name, and for tags and for a passed role.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html
 */
export function requestedPermissions(call: RequestedCall): readonly RequestedPermission[] {
  const { service, operation, input } = call;
  if (service === "ssm") return parameterPermissions(call);
  const resource = (RESOURCE_OF[service] ?? noResource)(call);
  const needed = [{ action: `${service}:${operation}`, resource }];
  const tagging = CREATES_WITH_TAGS.get(operation);
  if (tagging !== undefined && Array.isArray(input["Tags"]) && input["Tags"].length > 0)
    needed.push({ action: tagging, resource });
  const role = named(input, "Role");
  if (service !== "lambda" || role === "") return needed;
  return [...needed, { action: "iam:PassRole", resource: role }, ...keyPermissions(call)];
}

/**
 * Lambda creates a grant for the new role on the key of the function's environment, as the caller.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html
 */
function keyPermissions({ input, lambda }: RequestedCall): readonly RequestedPermission[] {
  const key = own(lambda.functions, named(input, "FunctionName"))?.versions["$LATEST"]?.["KMSKeyArn"];
  if (typeof key !== "string" || key === "") return [];
  return ["kms:CreateGrant", "kms:Encrypt"].map((action) => ({ action, resource: key }));
}

const CREATES_WITH_TAGS = new Map([
  ["CreateRole", "iam:TagRole"],
  ["CreatePolicy", "iam:TagPolicy"],
]);

const RESOURCE_OF: Readonly<Record<string, (call: RequestedCall) => string>> = {
  cloudformation: stackResource,
  iam: iamResource,
  lambda: lambdaResource,
};

function noResource(): string {
  return "*";
}

/** One for each parameter: a call with a denied one fails completely. */
function parameterPermissions({
  service,
  operation,
  input,
  partition,
  accountId,
  region,
}: RequestedCall): readonly RequestedPermission[] {
  const names = Array.isArray(input["Names"]) ? input["Names"].map(String) : [];
  return names.map((name) => ({
    action: `${service}:${operation}`,
    resource: `arn:${partition}:ssm:${region}:${accountId}:parameter/${name.replace(/^\//, "")}`,
  }));
}

/** The id of a stack ends with a UUID, which its name does not show. */
function stackResource({ input, partition, accountId, region }: RequestedCall): string {
  const name = named(input, "StackName");
  if (name === "" || name.startsWith("arn:")) return name || "*";
  return `arn:${partition}:cloudformation:${region}:${accountId}:stack/${name}/*`;
}

/** A role is named without its path, which a policy names. */
function iamResource({ operation, input, partition, accountId, iam }: RequestedCall): string {
  const arn = (type: string, name: string): string =>
    `arn:${partition}:iam::${accountId}:${type}${named(input, "Path") || "/"}${name}`;
  const role = named(input, "RoleName");
  if (role !== "") return own(iam.roles, role)?.arn ?? arn("role", role);
  const policy = named(input, "PolicyArn") || named(input, "Arn");
  if (policy !== "") return policy;
  return operation === "CreatePolicy" ? arn("policy", named(input, "PolicyName")) : "*";
}

function lambdaResource({ input, partition, accountId, region }: RequestedCall): string {
  const name = named(input, "FunctionName");
  if (name === "") return "*";
  const qualifier = named(input, "Qualifier");
  const bare = name.startsWith("arn:")
    ? name
    : `arn:${partition}:lambda:${region}:${accountId}:function:${name}`;
  return qualifier === "" ? bare : `${bare}:${qualifier}`;
}

function named(input: Input, member: string): string {
  const value = input[member];
  return typeof value === "string" ? value : "";
}
