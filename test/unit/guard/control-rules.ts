import { IamActionData } from "../../../src/aws/action-data/action-data.ts";
import type { Statement } from "../../../src/model/aws/policy-document.ts";
import { WIDE } from "./escalation.ts";
import { ACCOUNT, judged, stating, verdicts } from "./judged.ts";

export const actionData = await new IamActionData().load([
  "batch",
  "cloudformation",
  "codebuild",
  "dynamodb",
  "ec2",
  "ecs",
  "events",
  "emr-containers",
  "glue",
  "kinesisanalytics",
  "lambda",
  "rds",
  "s3",
  "sagemaker",
  "securityhub",
  "sns",
  "sqs",
  "ssm",
  "ssm-guiconnect",
  "states",
  "sts",
  "tag",
]);

const JUDGED = /^(ESC|CRED|EXP-001|TMP)/;
export const arn = (service: string, resource: string): string =>
  `arn:aws:${service}:eu-west-1:${ACCOUNT}:${resource}`;
export const OTHER_FUNCTION = arn("lambda", "function:payments");

export const allow = (
  Action: Statement["Action"] & {},
  Resource: Statement["Resource"] & {},
  more: Partial<Statement> = {},
): Statement => ({ Effect: "Allow", Action, Resource, ...more });

/** The rules about control of others that the statement breaks. */
export function breaks(
  statement: Statement,
  files: Readonly<Record<string, string>> = {},
): readonly string[] {
  const found = judged(stating(statement, { ...WIDE, ...files }), { actionData });
  return verdicts(found).filter((text) => JUDGED.test(text));
}
