import { arnParts } from "../../model/aws/arn.ts";
import { targetArn } from "../estate/event-rules.ts";

// Commands of AWS's and Terraform's command lines for a person: they are printed, never run.

/** Takes an object out of Terraform's state; it stays in AWS. */
export function stateRemovalCommand(address: string): string {
  return `terraform state rm '${address}'`;
}

/**
 * Removes one statement of a function's policy; null for one without Sid, which Lambda cannot remove alone.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_RemovePermission.html
 */
export function removalCommand(
  functionArn: string,
  { sid, qualifier }: { readonly sid: string | null; readonly qualifier: string | null },
): string | null {
  if (sid === null || !/^[\w-]+$/.test(sid)) return null;
  const of = qualifier === null ? "" : ` --qualifier ${qualifier}`;
  const { region } = arnParts(functionArn);
  return `aws lambda remove-permission --region ${region} --function-name ${functionArn}${of} --statement-id ${sid}`;
}

/**
 * Lists the rules of an event bus that have the function as a target.
 * @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ListRuleNamesByTarget.html
 */
export function matchingRulesCommand(functionArn: string, qualifier: string | null): string {
  return `aws events list-rule-names-by-target --region ${arnParts(functionArn).region} --target-arn ${targetArn(functionArn, qualifier)}`;
}

/**
 * Shows the calls that assumed a role in one region, in the last 90 days. A lookup takes one attribute, so that the role is
 * found in the event.
 * @param call `AssumeRole`, or another call of STS that assumes a role
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
 */
export function whoAssumedCommand(roleArn: string, call: string, region: string): string {
  return `aws cloudtrail lookup-events --region ${region} --lookup-attributes AttributeKey=EventName,AttributeValue=${call} --query "Events[?contains(CloudTrailEvent, '${roleArn}')].CloudTrailEvent"`;
}
