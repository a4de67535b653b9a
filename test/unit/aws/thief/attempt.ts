import type { Identity } from "../../../../src/aws/calls/calls.ts";
import { EXAMPLE, EXAMPLE_KEY } from "../../../../tools/pages/permissions.ts";

export const ACCOUNT = EXAMPLE.accountId;
/** With the option of customer managed keys. */
export const FACTS = { ...EXAMPLE, functionKeys: [EXAMPLE_KEY] };
export const IDENTITIES: readonly Identity[] = ["base", "observer", "writer", "binder"];
export const [BOUNDARY = ""] = EXAMPLE.boundaries;
export const OURS = `arn:aws:iam::${ACCOUNT}:role/grantkeeper/orders-api-eu-west-1`;
export const OUR_POLICY = `arn:aws:iam::${ACCOUNT}:policy/grantkeeper/gk_platform_shared`;
export const FUNCTION = `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:orders-api`;
export const ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess";
export const OWNED = { "aws:ResourceTag/grantkeeper.dev/instance": "prod" };
export const INSIDE = { "iam:PermissionsBoundary": BOUNDARY };
export const AS_OURS = {
  "aws:RequestTag/grantkeeper.dev/instance": "prod",
  "aws:TagKeys": ["grantkeeper.dev/instance", "grantkeeper.dev/owner"],
};
export const OTHER_BOUNDARY = { "iam:PermissionsBoundary": `arn:aws:iam::${ACCOUNT}:policy/mine` };

export interface Attempt {
  readonly because: string;
  readonly by: Identity;
  readonly action: string;
  readonly resource: string;
  readonly context?: Readonly<Record<string, string | readonly string[]>>;
  /** The resource's own policy allows the caller; inside one account that is enough without a Deny. */
  readonly letIn?: true;
  /** The resource's own policy delegates to the account's identity policies, as a key's usually does. */
  readonly delegates?: true;
  readonly answer: string;
}

export const NOT_ALLOWED = "not allowed by the identity policy";
