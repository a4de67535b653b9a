import { accessRequest, type AccessRequest } from "../../iam/evaluate/request.ts";
import { timeContext } from "../../iam/evaluate/time-context.ts";
import { nameInArn } from "../../model/aws/arn.ts";
import type { DesiredBinding } from "../../model/desired.ts";
import type { Tag } from "../../model/aws/tag.ts";

/** The function whose code makes the request. */
export type AskingFunction = Pick<
  DesiredBinding,
  "account" | "accountId" | "partition" | "region" | "functionName" | "functionArn"
>;

export interface Question<Asking extends AskingFunction = DesiredBinding> {
  readonly binding: Asking;
  readonly action: string;
  /** An ARN, or `*`. */
  readonly resource: string;
  /** Known facts of the request; they override values that follow from the function. Keys in any case. */
  readonly context: Readonly<Record<string, string | readonly string[]>>;
  /** The owner of the resource, if its ARN does not contain it. */
  readonly resourceAccount?: string | undefined;
}

/** The role of the session that makes the request. */
interface AskingRole {
  readonly arn: string;
  readonly tags: readonly Tag[];
}

/**
 * The request as the function's code makes it. Lambda names the session after the function and adds the function's ARN
 * to each request; the tags are the role's.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html
 */
export function requestOf(
  question: Question<AskingFunction>,
  role: AskingRole,
  nowMs: number,
): AccessRequest {
  const { binding, action, resource, context, resourceAccount } = question;
  const { partition, accountId, functionName, functionArn } = binding;
  const sessionArn = `arn:${partition}:sts::${accountId}:assumed-role/${nameInArn(role.arn)}/${functionName}`;
  const tags = role.tags.map(({ key, value }) => [`aws:PrincipalTag/${key}`, value] as const);
  return accessRequest({
    caller: { kind: "role", accountId, roleArn: role.arn, sessionArn },
    action,
    resource,
    resourceAccount,
    context: {
      ...timeContext(nowMs),
      "lambda:SourceFunctionArn": functionArn,
      ...Object.fromEntries(tags),
      ...context,
    },
  });
}
