import type { DesiredRole } from "../model/desired.ts";

/** The trust of an execution role whose account requires no condition: only Lambda may assume it. */
export const TRUST_DOCUMENT = documentWith({});

/**
 * The trust of an execution role, exactly. With a source account, Lambda may assume it only for functions of that account.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/permissions-managed-policies.html
 */
export function trustText({ sourceAccount }: Pick<DesiredRole, "sourceAccount">): string {
  if (sourceAccount === undefined) return TRUST_DOCUMENT;
  return documentWith({ Condition: { StringEquals: { "aws:SourceAccount": sourceAccount } } });
}

function documentWith(condition: object): string {
  const Principal = { Service: "lambda.amazonaws.com" };
  const statement = { Effect: "Allow", Principal, Action: "sts:AssumeRole", ...condition };
  return JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
}
