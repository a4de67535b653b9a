import type { Template } from "../stack.ts";
import {
  API,
  BASIC_EXECUTION,
  functionWith,
  invokedBy,
  liveAlias,
  readsOrders,
  roleWith,
  TOPIC,
} from "./parts.ts";

/**
 * What SAM makes of an `AWS::Serverless::Function` with `AutoPublishAlias` and events of an API and a topic. It keeps the
 * version of every code, and permissions are for the alias.
 * @see https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-generated-resources-function.html
 */
const FUNCTION = "OrdersApiFunction";
const ROLE = `${FUNCTION}Role`;

const former: Template = {
  [ROLE]: roleWith({
    ManagedPolicyArns: [BASIC_EXECUTION],
    Policies: [{ PolicyName: `${FUNCTION}RolePolicy0`, PolicyDocument: readsOrders }],
  }),
};

function stack(role: unknown, versionId: string): Template {
  const alias = `${FUNCTION}Aliaslive`;
  return {
    [FUNCTION]: functionWith({ name: "orders-api", role, tags: { "lambda:createdBy": "SAM" } }),
    ...liveAlias(FUNCTION, versionId, "Retain"),
    [`${FUNCTION}ListPermissionProd`]: invokedBy(alias, "apigateway.amazonaws.com", API),
    [`${FUNCTION}PlacedPermission`]: invokedBy(alias, "sns.amazonaws.com", TOPIC),
  };
}

const OF_CODE = `${FUNCTION}Version640128d35d`;
const OF_ALL_PROPERTIES = `${FUNCTION}Version1f2e3d4c5b`;

export const SAM_BEFORE: Template = { ...former, ...stack({ GetAtt: ROLE }, OF_CODE) };

/** `Role` without `AutoPublishAliasAllProperties`: the code is the same, so no version is published. */
export function samRoleAlone(roleArn: string): Template {
  return stack(roleArn, OF_CODE);
}

/** `Role` with `AutoPublishAliasAllProperties`. */
export function samSwitched(roleArn: string): Template {
  return stack(roleArn, OF_ALL_PROPERTIES);
}

/** And the role that SAM generated before as a resource of the template. */
export function samKept(roleArn: string): Template {
  return { ...former, ...samSwitched(roleArn) };
}
