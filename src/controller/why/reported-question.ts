import { fullResource } from "../../iam/denial/event-resource.ts";
import type { DesiredBinding } from "../../model/desired.ts";
import type { ReportedDenial } from "../../model/reported-denial.ts";
import { err, ok, type Result } from "../../model/result.ts";
import type { NotFound } from "./find-function.ts";
import type { Question } from "./question.ts";
import { targetText } from "../../model/target-text.ts";

/** What the report is about, or what it leaves out. */
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
            message: `which action ${call} needs is not told`,
            fix: `grantkeeper why ${target} ACTION RESOURCE`,
          }
        : {
            message: `the message of ${call} is encoded`,
            fix: "aws sts decode-authorization-message --encoded-message … decodes it; paste its answer",
          },
    );
  const place = { partition: binding.partition, region: binding.region, accountId: binding.accountId };
  const full = resource === null ? null : fullResource(action, resource, place);
  if (full !== null) return ok({ action, resource: full });
  if (resource === null && isWithoutResource(action)) return ok({ action, resource: "*" });
  const named = resource === null ? "does not say" : `calls it ${resource}, which is no ARN:`;
  return err({
    message: `AWS's message ${named} what ${action} was asked for`,
    fix: `grantkeeper why ${target} ${action} RESOURCE`,
  });
}

/** @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html */
function isWithoutResource(action: string): boolean {
  return /^(cloudwatch:PutMetricData|xray:Put\w+)$/i.test(action);
}

/** The keys of its context in lower case, as a question has them. */
export function reportedContext({ context }: ReportedDenial): Question["context"] {
  return Object.fromEntries(Object.entries(context).map(([key, values]) => [key.toLowerCase(), values]));
}
