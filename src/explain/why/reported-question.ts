import { fullResource } from "../../iam/denial/event-resource.ts";
import type { DesiredBinding } from "../../model/desired.ts";
import type { ReportedDenial } from "../../model/denials/reported-denial.ts";
import { err, ok, type Result } from "../../model/values/result.ts";
import type { NotFound } from "./find-function.ts";
import type { Question } from "./question.ts";
import { targetText } from "../../model/keys/key.ts";

/** The action and resource of the report, or an error that names the missing part. */
export function reportedQuestion(
  reported: ReportedDenial,
  binding: DesiredBinding,
): Result<Pick<Question, "action" | "resource">, NotFound> {
  const { action, resource, operation, encoded } = reported;
  const call = operation === null ? "the call" : operation;
  const target = targetText(binding);
  if (action === null)
    return err(
      encoded === null
        ? {
            message: `the message does not name the action that ${call} needs`,
            fix: `grantkeeper why ${target} ACTION RESOURCE`,
          }
        : {
            message: `the message of ${call} is encoded`,
            fix: "aws sts decode-authorization-message --encoded-message … decodes it; paste the output",
          },
    );
  const place = { partition: binding.partition, region: binding.region, accountId: binding.accountId };
  const full = resource === null ? null : fullResource(action, resource, place);
  if (full !== null) return ok({ action, resource: full });
  if (resource === null && isWithoutResource(action)) return ok({ action, resource: "*" });
  return err({
    message:
      resource === null
        ? `AWS's message does not name the resource of ${action}`
        : `AWS's message names ${resource} as the resource of ${action}, which is not an ARN`,
    fix: `grantkeeper why ${target} ${action} RESOURCE`,
  });
}

/** @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html */
function isWithoutResource(action: string): boolean {
  return /^(cloudwatch:PutMetricData|xray:Put\w+)$/i.test(action);
}

/** The keys of its context in lower case, as in a question. */
export function reportedContext({ context }: ReportedDenial): Question["context"] {
  return Object.fromEntries(Object.entries(context).map(([key, values]) => [key.toLowerCase(), values]));
}
